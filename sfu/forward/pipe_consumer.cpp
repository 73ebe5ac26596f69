#include "sfu/forward/pipe_consumer.h"

#include <array>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "sfu/forward/producer_stream.h"

namespace parlance::sfu {

namespace {

// Shares of a pipe that have to be free for video: to begin a frame, so that it gets through whole,
// and to go on with one. The rest is for audio and for what is asked.
constexpr std::size_t kFrameRoom = 4;
constexpr std::size_t kPacketRoom = 16;

}  // namespace

void PipedReport::write(std::span<std::uint8_t, kSize> out) const {
  ByteWriter writer(out);
  writer.u64(arrived.value);
  writer.u64(sent.value);
  writer.u32(rtp_timestamp);
}

PipedReport PipedReport::read(std::span<const std::uint8_t> body) {
  ByteReader reader(body);
  PipedReport report;
  report.arrived.value = reader.u64();
  report.sent.value = reader.u64();
  report.rtp_timestamp = reader.u32();
  return report;
}

PipeConsumer::PipeConsumer(RouterId router,
                           ProducerId producer,
                           rtp::MediaKind kind,
                           ProducerStream& stream,
                           Pipe& pipe,
                           ShardCounters& counters)
    : router_(router),
      producer_(producer),
      kind_(kind),
      stream_(stream),
      pipe_(pipe),
      counters_(counters) {}

PipeConsumer::~PipeConsumer() {
  wish_.close(stream_.key_frames());
}

void PipeConsumer::begin(Timestamp now, const std::optional<PipedReport>& report) {
  on_restart();
  if (report) {
    on_sender_report(*report);
  }
  const auto key_frame = stream_.replayable_key_frame(now);
  for (auto at = key_frame ? key_frame->first : stream_.newest() + 1; at <= stream_.newest();
       ++at) {
    if (const PacketRef* stored = stream_.stored(now, at)) {
      send((*stored)->media);
    }
  }
}

void PipeConsumer::on_packets(std::span<const PacketRef> packets) {
  for (const PacketRef& packet : packets) {
    send(packet->media);
  }
}

void PipeConsumer::on_restart() {
  frame_.reset();
  write(PipeMessage::Kind::kRestart);
}

void PipeConsumer::on_sender_report(const PipedReport& report) {
  std::array<std::uint8_t, PipedReport::kSize> body{};
  report.write(body);
  write(PipeMessage::Kind::kSenderReport, body);
}

void PipeConsumer::on_key_frame_request(Timestamp now) {
  wish_.open(now, stream_.key_frames());
}

bool PipeConsumer::write(PipeMessage::Kind kind, std::span<const std::uint8_t> body) {
  return pipe_.write({.kind = kind, .router = router_, .producer = producer_}, body);
}

void PipeConsumer::send(const MediaPacket& packet) {
  if (!has_room_for(packet) || !write(PipeMessage::Kind::kPacket, packet.view.bytes())) {
    dropping_ = true;
    ++counters_.pipe_packets_dropped;
    return;
  }
  ++counters_.pipe_packets;
  if (packet.info.starts_key_frame) {
    wish_.close(stream_.key_frames());
  }
}

bool PipeConsumer::has_room_for(const MediaPacket& packet) {
  if (kind_ == rtp::MediaKind::kAudio) {
    return true;
  }
  // A packet that comes late belongs to no frame that could still be kept whole.
  const bool begins = frame_ != packet.view.timestamp() && (!frame_ || packet.sequence > newest_);
  if (begins) {
    frame_ = packet.view.timestamp();
    newest_ = packet.sequence;
    dropping_ = pipe_.free() < pipe_.capacity() / kFrameRoom;
    counters_.pipe_frames_dropped += dropping_ ? 1 : 0;
  }
  return !dropping_ && pipe_.free() >= pipe_.capacity() / kPacketRoom;
}

}  // namespace parlance::sfu
