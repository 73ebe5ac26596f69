// Time as every core sees it: handed in by the caller, never read.
#pragma once

#include <chrono>
#include <cstdint>

namespace parlance {

using Duration = std::chrono::microseconds;

// A clock's name only: cores hold time points of it, and only the shells know how to read one.
struct MonotonicClock {
  // NOLINTBEGIN(readability-identifier-naming): named by std
  using rep = std::int64_t;
  using period = std::micro;
  using duration = Duration;
  using time_point = std::chrono::time_point<MonotonicClock, Duration>;
  static constexpr bool is_steady = true;
  // NOLINTEND(readability-identifier-naming)
};

// Microseconds on the machine's monotonic clock. Simulations start at a fixed nonzero instant.
using Timestamp = MonotonicClock::time_point;

inline constexpr Timestamp kNever = Timestamp::max();

// Wall time in milliseconds since the Unix epoch, for what people and databases see.
using UnixMillis = std::int64_t;

}  // namespace parlance
