// SRTP on libsrtp2; private to this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <srtp2/srtp.h>

#include "sfu/secure/srtp_session.h"

namespace parlance::sfu {

// Once per process, before any session. Safe to call again.
void init_libsrtp();

// The part that both directions share.
class LibsrtpContext {
 public:
  LibsrtpContext(SrtpProfile profile, std::vector<std::uint8_t> key, srtp_ssrc_type_t direction);
  ~LibsrtpContext();
  LibsrtpContext(const LibsrtpContext&) = delete;
  LibsrtpContext& operator=(const LibsrtpContext&) = delete;

  srtp_t get() const { return session_; }

  void remove(std::uint32_t ssrc);

 private:
  srtp_t session_ = nullptr;
};

class LibsrtpOutbound : public SrtpOutbound {
 public:
  explicit LibsrtpOutbound(const SrtpKeys& keys);

  std::expected<std::size_t, SrtpError> protect_rtp(std::span<std::uint8_t> buffer,
                                                    std::size_t size) override;
  std::expected<std::size_t, SrtpError> protect_rtcp(std::span<std::uint8_t> buffer,
                                                     std::size_t size) override;
  void forget(std::uint32_t ssrc) override;

 private:
  LibsrtpContext context_;
};

class LibsrtpInbound : public SrtpInbound {
 public:
  explicit LibsrtpInbound(const SrtpKeys& keys);

  std::expected<std::size_t, SrtpError> unprotect_rtp(std::span<std::uint8_t> packet) override;
  std::expected<std::size_t, SrtpError> unprotect_rtcp(std::span<std::uint8_t> packet) override;
  void forget(std::uint32_t ssrc) override;

 private:
  bool may_have(std::uint32_t ssrc) const;
  void remember(std::uint32_t ssrc);

  LibsrtpContext context_;
  std::vector<std::uint32_t> streams_;  // those that libsrtp holds state for
};

}  // namespace parlance::sfu
