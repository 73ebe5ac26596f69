#include "sfu/worker/clock.h"

#include <ctime>

namespace parlance::sfu {

namespace {

std::int64_t read_us(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

}  // namespace

Timestamp monotonic_now() {
  return Timestamp(Duration(read_us(CLOCK_MONOTONIC)));
}

std::int64_t unix_now_us() {
  return read_us(CLOCK_REALTIME);
}

Duration thread_cpu_time() {
  return Duration(read_us(CLOCK_THREAD_CPUTIME_ID));
}

}  // namespace parlance::sfu
