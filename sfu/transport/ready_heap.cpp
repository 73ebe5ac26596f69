#include "sfu/transport/ready_heap.h"

#include "base/check.h"

namespace parlance::sfu {

TimedOwner::~TimedOwner() {
  if (heap_ != nullptr) {
    heap_->schedule(*this, kNever);
  }
}

ReadyHeap::~ReadyHeap() {
  for (TimedOwner* owner : heap_) {
    owner->heap_ = nullptr;
    owner->position_ = TimedOwner::kNowhere;
  }
}

void ReadyHeap::schedule(TimedOwner& owner, Timestamp at) {
  CHECK(owner.heap_ == nullptr || owner.heap_ == this);
  if (owner.heap_ == this && owner.due_ == at) {
    return;
  }
  owner.due_ = at;
  if (at == kNever) {
    if (owner.heap_ == nullptr) {
      return;
    }
    const std::size_t hole = owner.position_;
    TimedOwner* last = heap_.back();
    heap_.pop_back();
    owner.heap_ = nullptr;
    owner.position_ = TimedOwner::kNowhere;
    if (last != &owner) {
      place(hole, last);
      sift_up(hole);
      sift_down(last->position_);
    }
    return;
  }
  if (owner.heap_ == nullptr) {
    owner.heap_ = this;
    heap_.push_back(&owner);
    owner.position_ = heap_.size() - 1;
  }
  sift_up(owner.position_);
  sift_down(owner.position_);
}

TimedOwner* ReadyHeap::pop_due(Timestamp now) {
  if (next() > now || heap_.empty()) {
    return nullptr;
  }
  TimedOwner* owner = heap_.front();
  schedule(*owner, kNever);
  return owner;
}

void ReadyHeap::place(std::size_t position, TimedOwner* owner) {
  heap_[position] = owner;
  owner->position_ = position;
}

void ReadyHeap::sift_up(std::size_t position) {
  TimedOwner* owner = heap_[position];
  while (position > 0) {
    const std::size_t parent = (position - 1) / 2;
    if (heap_[parent]->due_ <= owner->due_) {
      break;
    }
    place(position, heap_[parent]);
    position = parent;
  }
  place(position, owner);
}

void ReadyHeap::sift_down(std::size_t position) {
  TimedOwner* owner = heap_[position];
  for (;;) {
    std::size_t child = 2 * position + 1;
    if (child >= heap_.size()) {
      break;
    }
    if (child + 1 < heap_.size() && heap_[child + 1]->due_ < heap_[child]->due_) {
      ++child;
    }
    if (owner->due_ <= heap_[child]->due_) {
      break;
    }
    place(position, heap_[child]);
    position = child;
  }
  place(position, owner);
}

}  // namespace parlance::sfu
