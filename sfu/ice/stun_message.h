// STUN (RFC 8489) as far as an ICE-lite server needs it, on libnice's STUN library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "sfu/ice/address.h"

namespace parlance::sfu::stun {

inline constexpr std::size_t kHeaderSize = 20;             // RFC 8489 5
inline constexpr std::uint32_t kMagicCookie = 0x2112A442;  // RFC 8489 5

// A binding request of ICE is about 100 bytes; more than this is not one.
inline constexpr std::size_t kMaxRequestSize = 1280;

// Big enough for every response: the client's half of USERNAME, which comes back in it, has up to
// 256 characters (RFC 8445 5.3).
inline constexpr std::size_t kMaxResponseSize = 640;

// First two bits, magic cookie and length fit. Cheap; says nothing about who sent it.
bool looks_like_stun(std::span<const std::uint8_t> datagram);

// The part of a binding request's USERNAME before the colon: whose transport the datagram is for. A
// view into the datagram. Nothing is authenticated yet.
std::optional<std::string_view> local_ufrag(std::span<const std::uint8_t> datagram);

// What a check that was authenticated says.
struct BindingRequest {
  std::uint32_t priority = 0;
  bool use_candidate = false;
  bool claims_controlled = false;  // ICE-CONTROLLED is there: a role conflict with a lite agent
  std::optional<std::uint32_t> nomination;  // draft-thatcher-ice-renomination
};

enum class StunError : std::uint8_t {
  kMalformed,         // not STUN, truncated, lengths that don't fit
  kNotARequest,       // an indication or a response, or not the binding method
  kBadRequest,        // FINGERPRINT, USERNAME or PRIORITY missing or wrong: answered with 400
  kUnauthorized,      // unknown user or wrong MESSAGE-INTEGRITY: answered with 401
  kUnknownAttribute,  // comprehension-required and unknown: answered with 420
};

// Both codes that reject() can send by itself: RFC 8489 14.8, RFC 8445 7.3.1.1.
enum class StunErrorCode : std::uint16_t {
  kBadRequest = 400,
  kUnauthorized = 401,
  kRoleConflict = 487,
};

// Finds the password that belongs to a local ufrag; empty where there is none.
class PasswordLookup {
 public:
  virtual ~PasswordLookup() = default;
  virtual std::string_view password_of(std::string_view local_ufrag) const = 0;
};

// One received request and what can be answered to it. Holds a copy of the bytes.
class RequestValidator {
 public:
  // Checks FINGERPRINT, USERNAME, MESSAGE-INTEGRITY and PRIORITY, in that order. On failure the
  // answer, if one is due, is in response().
  std::expected<BindingRequest, StunError> validate(std::span<const std::uint8_t> datagram,
                                                    const PasswordLookup& passwords);

  // Success with XOR-MAPPED-ADDRESS, MESSAGE-INTEGRITY and FINGERPRINT, after validate() succeeded.
  std::span<const std::uint8_t> accept(const SocketAddress& remote);

  // An error response, authenticated, after validate() succeeded.
  std::span<const std::uint8_t> reject(StunErrorCode code);

  // What validate() made for a request that it refused; empty where nothing is to be answered.
  std::span<const std::uint8_t> response() const;

  RequestValidator();
  ~RequestValidator();
  RequestValidator(const RequestValidator&) = delete;
  RequestValidator& operator=(const RequestValidator&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parlance::sfu::stun
