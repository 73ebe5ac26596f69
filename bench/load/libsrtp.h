// SRTP on libsrtp2.
#pragma once

#include <memory>

#include <srtp2/srtp.h>

#include "bench/load/srtp.h"

namespace parlance::load {

class LibSrtp final : public Srtp {
 public:
  explicit LibSrtp(const SrtpKeys& keys);

  std::optional<std::size_t> protect_rtp(std::span<std::uint8_t> buffer, std::size_t size) override;
  std::optional<std::size_t> protect_rtcp(std::span<std::uint8_t> buffer,
                                          std::size_t size) override;
  std::optional<std::size_t> unprotect_rtp(std::span<std::uint8_t> packet) override;
  std::optional<std::size_t> unprotect_rtcp(std::span<std::uint8_t> packet) override;

 private:
  struct Free {
    void operator()(srtp_t session) const { srtp_dealloc(session); }
  };

  using Session = std::unique_ptr<srtp_ctx_t_, Free>;

  Session sending_;
  Session receiving_;
};

}  // namespace parlance::load
