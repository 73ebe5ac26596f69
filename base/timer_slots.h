// The timers of one object: one deadline per enumerator, no allocation.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "base/time.h"

namespace parlance {

// Slot is an enum whose last enumerator is kCount.
template <typename Slot>
class TimerSlots {
 public:
  void arm(Slot slot, Timestamp at) {
    at_[index(slot)] = at;
    refresh();
  }

  void disarm(Slot slot) { arm(slot, kNever); }

  bool armed(Slot slot) const { return at_[index(slot)] != kNever; }

  // kNever where it is not armed.
  Timestamp at(Slot slot) const { return at_[index(slot)]; }

  // The earliest deadline, kNever when nothing is armed. O(1).
  Timestamp next_timeout() const { return next_; }

  // Takes one slot that is due, earliest enumerator first; disarms it. Call until it returns
  // nothing.
  std::optional<Slot> pop_due(Timestamp now) {
    if (next_ > now) {
      return std::nullopt;
    }
    for (std::size_t i = 0; i < at_.size(); ++i) {
      if (at_[i] <= now) {
        at_[i] = kNever;
        refresh();
        return static_cast<Slot>(i);
      }
    }
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kSlots = static_cast<std::size_t>(Slot::kCount);

  static std::size_t index(Slot slot) { return static_cast<std::size_t>(slot); }

  void refresh() { next_ = *std::min_element(at_.begin(), at_.end()); }

  static constexpr std::array<Timestamp, kSlots> none() {
    std::array<Timestamp, kSlots> all{};
    all.fill(kNever);
    return all;
  }

  std::array<Timestamp, kSlots> at_ = none();
  Timestamp next_ = kNever;
};

}  // namespace parlance
