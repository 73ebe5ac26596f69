// What the server costs, as the kernel counts it.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <sys/types.h>

namespace parlance::load {

struct ThreadTimes {
  std::string name;
  double on_cpu_s = 0;
};

// Since the process began.
struct ProcessUse {
  double user_s = 0;  // by the kernel's clock ticks, of 10 ms mostly
  double system_s = 0;
  double on_cpu_s = 0;  // of all threads that live, by the scheduler, to the nanosecond
  std::map<pid_t, ThreadTimes> threads;
  std::uint64_t resident_bytes = 0;
};

// Throws std::runtime_error where there is no such process.
ProcessUse use_of(pid_t pid);

// Of this process.
double own_cpu_s();

}  // namespace parlance::load
