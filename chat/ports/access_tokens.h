// Access tokens: what a device shows with each request for ten minutes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "chat/domain/types.h"

namespace parlance::chat {

struct AccessClaims {
  UserId user;
  DeviceId device;
  std::int64_t token_number = 0;  // of the refresh token that it was issued with
  UnixMillis expires_at = 0;      // whole seconds

  bool operator==(const AccessClaims&) const = default;
};

// Signs and verifies; safe from every thread, never blocks.
class AccessTokens {
 public:
  virtual ~AccessTokens() = default;
  virtual std::string sign(const AccessClaims& claims, UnixMillis now) const = 0;
  // Nothing for whatever wasn't signed by one of our keys, isn't for us, or has expired.
  virtual std::optional<AccessClaims> verify(std::string_view token, UnixMillis now) const = 0;
  // The public keys as a JWK Set (RFC 7517).
  virtual std::string key_set() const = 0;
};

}  // namespace parlance::chat
