// Wall time for RTCP, derived from the monotonic time that every call brings.
#pragma once

#include <cstdint>

#include "base/time.h"
#include "rtp/stream/ntp.h"

namespace parlance::sfu {

// One per shard. The shell tells the relation of the two clocks from time to time.
class WallClock {
 public:
  void set(Timestamp now, std::int64_t unix_us) {
    offset_us_ = unix_us - now.time_since_epoch().count();
  }

  rtp::NtpTime at(Timestamp now) const {
    return rtp::NtpTime::from_unix_micros(now.time_since_epoch().count() + offset_us_);
  }

  UnixMillis unix_ms(Timestamp now) const {
    return (now.time_since_epoch().count() + offset_us_) / 1000;
  }

 private:
  std::int64_t offset_us_ = 0;
};

}  // namespace parlance::sfu
