// SRTP and SRTCP by AES-GCM straight on OpenSSL (RFC 7714); private to this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sfu/secure/gcm_key.h"
#include "sfu/secure/replay_window.h"
#include "sfu/secure/srtp_session.h"

namespace parlance::sfu {

// Every byte is the one that libsrtp2 would have made, only that reports of all SSRCs share one
// counter. Debian's libsrtp2 goes to NSS for each packet, at twice the cost and more with every key
// there is: docs/decisions/0004.
class OpensslGcmOutbound : public SrtpOutbound {
 public:
  // For the two GCM profiles.
  explicit OpensslGcmOutbound(const SrtpKeys& keys);

  std::expected<std::size_t, SrtpError> protect_rtp(std::span<std::uint8_t> buffer,
                                                    std::size_t size) override;
  std::expected<std::size_t, SrtpError> protect_rtcp(std::span<std::uint8_t> buffer,
                                                     std::size_t size) override;
  void forget(std::uint32_t ssrc) override;

 private:
  struct Stream {
    std::uint32_t ssrc = 0;
    std::uint64_t highest = 0;  // index: rollovers and sequence number, RFC 3711 3.3.1
  };

  Stream& stream_of(std::uint32_t ssrc);

  GcmKey rtp_;
  GcmKey rtcp_;
  // Packets of one stream mostly follow each other: its state is at hand, that of others is not.
  std::optional<Stream> current_;
  std::vector<Stream> others_;
  std::uint32_t rtcp_index_ = 0;
};

// Accepts what libsrtp2 would accept, but for SRTCP that is not encrypted, which no browser sends.
class OpensslGcmInbound : public SrtpInbound {
 public:
  explicit OpensslGcmInbound(const SrtpKeys& keys);

  std::expected<std::size_t, SrtpError> unprotect_rtp(std::span<std::uint8_t> packet) override;
  std::expected<std::size_t, SrtpError> unprotect_rtcp(std::span<std::uint8_t> packet) override;
  void forget(std::uint32_t ssrc) override;

 private:
  static constexpr std::size_t kRtcpReplayWindow = 128;  // libsrtp2's

  template <typename Window>
  struct Stream {
    std::uint32_t ssrc = 0;
    Window window;
  };

  using RtpStream = Stream<ReplayWindow<kReplayWindow>>;
  using RtcpStream = Stream<ReplayWindow<kRtcpReplayWindow>>;

  // Where the stream is known, or may be: at most kMaxStreams of each kind.
  template <typename StreamType>
  static std::expected<StreamType*, SrtpError> find(std::vector<StreamType>& streams,
                                                    std::uint32_t ssrc);

  GcmKey rtp_;
  GcmKey rtcp_;
  std::vector<RtpStream> rtp_streams_;
  std::vector<RtcpStream> rtcp_streams_;
};

}  // namespace parlance::sfu
