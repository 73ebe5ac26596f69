#include "sfu/packet/outbox.h"

#include <algorithm>

#include "base/check.h"

namespace parlance::sfu {

Outbox::Outbox(std::size_t capacity)
    : capacity_(capacity),
      arena_(std::make_unique_for_overwrite<std::uint8_t[]>(capacity * kMaxDatagramBytes)),
      sizes_(capacity),
      next_(capacity) {
  trains_.reserve(capacity);
}

std::span<std::uint8_t> Outbox::reserve() {
  if (used_ == capacity_) {
    ++refused_;
    return {};
  }
  return {slot(static_cast<std::uint32_t>(used_)), kMaxDatagramBytes};
}

void Outbox::send(Destination& to, std::size_t size) {
  CHECK(used_ < capacity_ && size <= kMaxDatagramBytes);
  const auto datagram = static_cast<std::uint32_t>(used_++);
  sizes_[datagram] = static_cast<std::uint16_t>(size);
  next_[datagram] = kEnd;
  ++total_datagrams_;
  total_bytes_ += size;
  if (to.batch_ != batch_ || to.train_ >= trains_.size() || trains_[to.train_].to != to.path_) {
    to.batch_ = batch_;
    to.train_ = static_cast<std::uint32_t>(trains_.size());
    trains_.push_back({to.path_, datagram, datagram, 1});
    return;
  }
  Train& train = trains_[to.train_];
  next_[train.last] = datagram;
  train.last = datagram;
  ++train.datagrams;
}

bool Outbox::send_copy(Destination& to, std::span<const std::uint8_t> bytes) {
  const auto slot = reserve();
  if (slot.size() < bytes.size()) {
    return false;
  }
  std::ranges::copy(bytes, slot.begin());
  send(to, bytes.size());
  return true;
}

void Outbox::send(const Path& to, std::span<const std::uint8_t> datagram) {
  Destination destination(to);
  send_copy(destination, datagram);
}

void Outbox::clear() {
  used_ = 0;
  ++batch_;
  trains_.clear();
}

}  // namespace parlance::sfu
