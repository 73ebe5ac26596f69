// SRTP of one client (RFC 3711, RFC 7714).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "bench/load/dtls_client.h"

namespace parlance::load {

// Room that a packet needs behind it before it is protected: the longest tag, and SRTCP's index.
inline constexpr std::size_t kSrtpOverhead = 24;

// Both directions of a connected client. Each call works in place and returns the new size; nothing
// when the packet was refused.
class Srtp {
 public:
  virtual ~Srtp() = default;
  virtual std::optional<std::size_t> protect_rtp(std::span<std::uint8_t> buffer,
                                                 std::size_t size) = 0;
  virtual std::optional<std::size_t> protect_rtcp(std::span<std::uint8_t> buffer,
                                                  std::size_t size) = 0;
  virtual std::optional<std::size_t> unprotect_rtp(std::span<std::uint8_t> packet) = 0;
  virtual std::optional<std::size_t> unprotect_rtcp(std::span<std::uint8_t> packet) = 0;
};

enum class SrtpKind : std::uint8_t {
  kLibsrtp,  // a whole implementation that is not ours: replay windows, both profiles
  kForMass,  // AES-GCM straight on OpenSSL; libsrtp2 where another profile was agreed on
};

std::unique_ptr<Srtp> make_srtp(SrtpKind kind, const SrtpKeys& keys);

}  // namespace parlance::load
