// Which owners have timers due: one heap per shard, so that a tick costs what is due and nothing
// more.
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include "base/time.h"
#include "sfu/packet/outbox.h"

namespace parlance::sfu {

class ReadyHeap;

// Something with timers. Leaves the heap when it is destroyed.
class TimedOwner {
 public:
  TimedOwner() = default;
  TimedOwner(const TimedOwner&) = delete;
  TimedOwner& operator=(const TimedOwner&) = delete;
  virtual ~TimedOwner();

  // Its deadline came. It schedules itself anew.
  virtual void on_timeout(Timestamp now, Outbox& outbox) = 0;

  // A CHECK failed while it was served: it must do no more than stay harmless until it is closed.
  virtual void on_bug() noexcept = 0;

 private:
  friend class ReadyHeap;

  static constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();

  ReadyHeap* heap_ = nullptr;
  std::size_t position_ = kNowhere;
  Timestamp due_ = kNever;
};

// A binary heap whose entries know their place, so that a deadline moves in O(log n) without a
// search.
class ReadyHeap {
 public:
  ReadyHeap() = default;
  ReadyHeap(const ReadyHeap&) = delete;
  ReadyHeap& operator=(const ReadyHeap&) = delete;
  ~ReadyHeap();

  // Makes `at` the owner's only deadline; kNever takes it out.
  void schedule(TimedOwner& owner, Timestamp at);

  Timestamp next() const { return heap_.empty() ? kNever : heap_.front()->due_; }

  // Takes out one owner whose deadline has come, the most overdue first; null when there is none.
  // The owner is scheduled anew by whoever runs it.
  TimedOwner* pop_due(Timestamp now);

 private:
  void place(std::size_t position, TimedOwner* owner);
  void sift_up(std::size_t position);
  void sift_down(std::size_t position);

  std::vector<TimedOwner*> heap_;
};

}  // namespace parlance::sfu
