// One producer's media on its way to another shard.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "base/time.h"
#include "rtp/rtcp/sender_report.h"
#include "rtp/stream/key_frame_requester.h"
#include "rtp/stream/ntp.h"
#include "sfu/api/media_engine.h"
#include "sfu/forward/pipe.h"
#include "sfu/packet/packet_pool.h"
#include "sfu/packet/shard_counters.h"

namespace parlance::sfu {

class ProducerStream;

// What consumers elsewhere need of a publisher's sender report: when it came (our NTP time) and the
// relation of the publisher's clocks that it tells.
struct PipedReport {
  static constexpr std::size_t kSize = 20;

  rtp::NtpTime arrived;
  rtp::NtpTime sent;
  std::uint32_t rtp_timestamp = 0;

  void write(std::span<std::uint8_t, kSize> out) const;
  static PipedReport read(std::span<const std::uint8_t> body);
};

// On the producer's shard, one per shard that subscribed. Packets go over as they are, every one of
// them; where the other shard doesn't keep up, video goes by whole frames before any audio.
class PipeConsumer {
 public:
  // `stream` and `pipe` outlive it.
  PipeConsumer(RouterId router,
               ProducerId producer,
               rtp::MediaKind kind,
               ProducerStream& stream,
               Pipe& pipe,
               ShardCounters& counters);
  ~PipeConsumer();
  PipeConsumer(const PipeConsumer&) = delete;
  PipeConsumer& operator=(const PipeConsumer&) = delete;

  const Pipe& pipe() const { return pipe_; }

  // The other shard begins: it gets the clocks and, where there is one to begin with, the newest
  // key frame and what followed it.
  void begin(Timestamp now, const std::optional<PipedReport>& report);

  void on_packets(std::span<const PacketRef> packets);
  void on_restart();
  void on_sender_report(const PipedReport& report);

  // Consumers over there wait for a key frame.
  void on_key_frame_request(Timestamp now);

 private:
  bool write(PipeMessage::Kind kind, std::span<const std::uint8_t> body = {});
  void send(const MediaPacket& packet);
  bool has_room_for(const MediaPacket& packet);

  RouterId router_;
  ProducerId producer_;
  rtp::MediaKind kind_;
  ProducerStream& stream_;
  Pipe& pipe_;
  ShardCounters& counters_;
  rtp::KeyFrameWish wish_;
  std::optional<std::uint32_t> frame_;  // RTP timestamp of the newest frame
  rtp::ExtendedSequence newest_ = 0;
  bool dropping_ = false;  // the rest of that frame
};

}  // namespace parlance::sfu
