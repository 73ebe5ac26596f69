// How many requests one client may make: a token bucket.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.h"

namespace parlance::signaling {

class RateBucket {
 public:
  struct Limits {
    std::uint32_t per_second = 50;
    std::uint32_t burst = 150;
    std::uint32_t seconds = 1;  // for which `per_second` counts
  };

  RateBucket(Limits limits, Timestamp now)
      : limits_(limits),
        token_(kMicroseconds * limits.seconds),
        tokens_(std::int64_t{limits.burst} * token_),
        refilled_at_(now) {}

  // Takes one token, or none and returns false.
  bool take(Timestamp now) {
    refill(now);
    if (tokens_ < token_) {
      return false;
    }
    tokens_ -= token_;
    return true;
  }

  // How long until the next token, rounded up to a millisecond; 0 when there is one.
  std::uint32_t wait_ms() const {
    if (tokens_ >= token_) {
      return 0;
    }
    const std::int64_t us = (token_ - tokens_ + limits_.per_second - 1) / limits_.per_second;
    return static_cast<std::uint32_t>((us + 999) / 1000);
  }

  // True when nothing was taken lately: a new bucket would be the same.
  bool full(Timestamp now) {
    refill(now);
    return tokens_ == std::int64_t{limits_.burst} * token_;
  }

 private:
  static constexpr std::int64_t kMicroseconds = 1'000'000;

  void refill(Timestamp now) {
    const std::int64_t capacity = std::int64_t{limits_.burst} * token_;
    const std::int64_t elapsed_us = std::clamp<std::int64_t>(
        (now - refilled_at_).count(), 0, capacity / limits_.per_second + 1);
    tokens_ = std::min(capacity, tokens_ + elapsed_us * limits_.per_second);
    refilled_at_ = now;
  }

  Limits limits_;
  // Tokens are counted in such parts that each microsecond adds `per_second` of them.
  std::int64_t token_;
  std::int64_t tokens_;
  Timestamp refilled_at_;
};

}  // namespace parlance::signaling
