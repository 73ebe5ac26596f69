// SRTP of one client, on libsrtp2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include <srtp2/srtp.h>

#include "bench/load/dtls_client.h"

namespace parlance::load {

// Room that a packet needs behind it before it is protected.
inline constexpr std::size_t kSrtpOverhead = SRTP_MAX_TRAILER_LEN;

// Both directions of a connected client. Each call works in place and returns the new size; nothing
// when the packet was refused.
class Srtp {
 public:
  explicit Srtp(const SrtpKeys& keys);

  std::optional<std::size_t> protect_rtp(std::span<std::uint8_t> buffer, std::size_t size);
  std::optional<std::size_t> protect_rtcp(std::span<std::uint8_t> buffer, std::size_t size);
  std::optional<std::size_t> unprotect_rtp(std::span<std::uint8_t> packet);
  std::optional<std::size_t> unprotect_rtcp(std::span<std::uint8_t> packet);

 private:
  struct Free {
    void operator()(srtp_t session) const { srtp_dealloc(session); }
  };

  using Session = std::unique_ptr<srtp_ctx_t_, Free>;

  Session sending_;
  Session receiving_;
};

}  // namespace parlance::load
