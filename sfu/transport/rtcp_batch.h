// Fills RTCP datagrams one after another and sends each when it is full.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/byte_writer.h"
#include "base/time.h"
#include "sfu/forward/ports.h"
#include "sfu/packet/shard_counters.h"
#include "sfu/transport/media_sender.h"

namespace parlance::sfu {

// What a datagram of RTCP may hold before protection: small enough for tunnels and TURN.
inline constexpr std::size_t kMaxRtcpBytes = 1200;

// Lives for one call. Reduced-size RTCP (RFC 5506) is what browsers agree to, so a datagram may
// begin with any packet.
class RtcpBatch {
 public:
  RtcpBatch(Timestamp now, MediaSender& sender, Outbox& outbox)
      : now_(now), sender_(sender), outbox_(outbox), writer_(bytes_) {}

  ~RtcpBatch() = default;
  RtcpBatch(const RtcpBatch&) = delete;
  RtcpBatch& operator=(const RtcpBatch&) = delete;

  // A writer with room for `bytes` more, at most kMaxRtcpBytes.
  ByteWriter& room(std::size_t bytes);

  // To be called at the end.
  void flush();

 private:
  Timestamp now_;
  MediaSender& sender_;
  Outbox& outbox_;
  std::array<std::uint8_t, kMaxRtcpBytes> bytes_{};
  ByteWriter writer_;
};

// Writes what producers ask of their publisher.
class FeedbackWriter final : public FeedbackOut {
 public:
  FeedbackWriter(rtp::Ssrc sender, RtcpBatch& batch, ShardCounters& counters)
      : sender_(sender), batch_(batch), counters_(counters) {}

  void ask_packets(rtp::Ssrc media, std::span<const std::uint16_t> ascending) override;
  void ask_key_frame_by_pli(rtp::Ssrc media) override;
  void ask_key_frame_by_fir(rtp::Ssrc media, std::uint8_t request) override;

 private:
  rtp::Ssrc sender_;
  RtcpBatch& batch_;
  ShardCounters& counters_;
};

}  // namespace parlance::sfu
