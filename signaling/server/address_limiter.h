// How often one address may do something that costs us: a token bucket each.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"
#include "signaling/session/rate_bucket.h"

namespace parlance::signaling {

// Shared by all signaling threads; the mutex is held for one look-up.
class AddressLimiter {
 public:
  // Addresses remembered; when there are more, those at rest are forgotten, and then all.
  static constexpr std::size_t kMaxAddresses = 16'384;

  explicit AddressLimiter(RateBucket::Limits limits) : limits_(limits) {}

  // 0 when it may, else the milliseconds to wait.
  std::uint32_t wait_ms(std::string_view address, Timestamp now);

 private:
  void make_room(Timestamp now);

  RateBucket::Limits limits_;
  std::mutex mutex_;
  std::unordered_map<std::string, RateBucket> buckets_;
};

// What counts as one address: all of an IPv4 address, the first 64 bits of an IPv6 one, which is
// what one household gets.
std::string limited_address(std::string_view address);

}  // namespace parlance::signaling
