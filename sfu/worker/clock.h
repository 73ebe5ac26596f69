// The machine's clocks: the one place of the media plane that reads them.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace parlance::sfu {

Timestamp monotonic_now();

// Microseconds since the Unix epoch.
std::int64_t unix_now_us();

// CPU time that the calling thread has used.
Duration thread_cpu_time();

}  // namespace parlance::sfu
