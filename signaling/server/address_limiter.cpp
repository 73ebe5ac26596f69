#include "signaling/server/address_limiter.h"

#include <array>
#include <cstdint>
#include <iterator>
#include <span>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "signaling/server/secure_random.h"

namespace parlance::signaling {

std::uint32_t AddressLimiter::wait_ms(std::string_view address, Timestamp now) {
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= kMaxAddresses) {
    make_room(now);
  }
  RateBucket& bucket = buckets_.try_emplace(limited_address(address), limits_, now).first->second;
  return bucket.take(now) ? 0 : bucket.wait_ms();
}

void AddressLimiter::make_room(Timestamp now) {
  for (auto at = buckets_.begin(); at != buckets_.end();) {
    at = at->second.full(now) ? buckets_.erase(at) : std::next(at);
  }
  if (buckets_.size() >= kMaxAddresses) {
    buckets_.clear();
  }
}

std::string limited_address(std::string_view address) {
  std::array<std::uint8_t, 16> bytes{};
  std::string text(address.substr(0, address.find('%')));
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) {
    return text;
  }
  constexpr std::size_t kNetworkBytes = 8;
  return base64url(std::span(bytes).first(kNetworkBytes));
}

}  // namespace parlance::signaling
