// The generator's clock: wall time in nanoseconds, the one that the kernel stamps datagrams with.
#pragma once

#include <cstdint>
#include <ctime>

namespace parlance::load {

using Nanoseconds = std::int64_t;

inline constexpr Nanoseconds kMicrosecond = 1'000;
inline constexpr Nanoseconds kMillisecond = 1'000'000;
inline constexpr Nanoseconds kSecond = 1'000'000'000;

inline Nanoseconds to_nanoseconds(const timespec& time) {
  return Nanoseconds{time.tv_sec} * kSecond + time.tv_nsec;
}

inline Nanoseconds now_ns() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return to_nanoseconds(now);
}

}  // namespace parlance::load
