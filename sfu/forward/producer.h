// What a publisher sends under one id, and who gets it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "rtp/packet/extension_map.h"
#include "sfu/api/media_engine.h"
#include "sfu/forward/fan_out.h"
#include "sfu/forward/overload.h"
#include "sfu/forward/payload_types.h"
#include "sfu/forward/pipe_consumer.h"
#include "sfu/forward/ports.h"
#include "sfu/forward/producer_stream.h"
#include "sfu/forward/wall_clock.h"
#include "sfu/packet/packet_pool.h"
#include "sfu/packet/shard_counters.h"

namespace parlance::sfu {

class Consumer;

// Takes the audio levels that producers see in passing.
class LevelSink {
 public:
  virtual ~LevelSink() = default;
  virtual void on_level(Timestamp now, std::uint64_t source, std::uint8_t below_overload_db) = 0;
};

// What a shard lends to all of its producers.
struct ForwardContext {
  const WallClock& clock;
  PacketPool& pool;
  ShardCounters& counters;
  FanOut& fan_out;
  const Overload& overload;
};

class Producer {
 public:
  // How long the first packets of a video frame wait for its last one, which carries the marker: a
  // frame that leaves as one train costs half of one in two. A browser sends a frame within 0.1 ms
  // or paces it over many; nobody can show it before it is complete.
  static constexpr Duration kGatherTime = std::chrono::microseconds(300);

  // A longer frame goes out in parts of so many packets.
  static constexpr std::size_t kMaxGathered = 32;

  // `source` names it to the level sink. `port` is the publisher's transport.
  Producer(const ProducerOptions& options,
           std::uint64_t source,
           const ForwardContext& context,
           PublisherPort& port,
           LevelSink& levels);
  // After its consumers.
  ~Producer();
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  ProducerId id() const { return id_; }

  rtp::MediaKind kind() const { return kind_; }

  const std::string& mid() const { return mid_; }

  // As the publisher negotiated them.
  const std::vector<rtp::RtpHeaderExtensionParameters>& header_extensions() const {
    return header_extensions_;
  }

  const PayloadTypes& payload_types() const { return payload_types_; }

  bool paused() const { return paused_; }

  std::uint64_t source() const { return source_; }

  // One per encoding. Several are in the data model only: a consumer gets the first one's.
  ProducerStream& stream(std::size_t encoding) { return streams_[encoding]; }

  const ProducerStream& stream(std::size_t encoding) const { return streams_[encoding]; }

  std::size_t encodings() const { return streams_.size(); }

  // A packet of that encoding, parsed; `repaired`: it came by RTX and was restored. Where it is
  // accepted it waits for pass_on().
  void on_packet(
      Timestamp now, std::size_t encoding, const PacketRef& packet, bool repaired, Outbox& outbox);

  // Gives what waits to every consumer. The fan-out says when it is due.
  void pass_on(Timestamp now, Outbox& outbox);

  // After a pass_on() that did not end.
  void forget_waiting() { waiting_.clear(); }

  void on_sender_report(Timestamp now,
                        rtp::NtpTime ours,
                        std::size_t encoding,
                        const rtp::rtcp::SenderReport& report);

  // Another shard has consumers of it: everything goes into that pipe too, until stop_piping().
  // Once is enough.
  void pipe_to(Timestamp now, RouterId router, Pipe& pipe);
  void stop_piping(const Pipe& pipe);

  // From the other end of the pipe.
  void on_piped_key_frame_request(Timestamp now, const Pipe& pipe);

  // What comes next does not continue what came before.
  void expect_restart();

  // True where it changed.
  bool set_paused(Timestamp now, bool paused, Outbox& outbox);

  // A wish of one of the stream's consumers was opened: it may be due at once.
  void wake();

  Timestamp next_timeout() const;
  void on_timeout(Timestamp now, FeedbackOut& out);

  // Consumers add and remove themselves.
  void add(Consumer& consumer);
  void remove(Consumer& consumer);

  std::span<Consumer* const> consumers() const { return consumers_; }

  // The codec that consumers get, in mediasoup's spelling: "video/VP8".
  const std::string& mime_type() const { return mime_type_; }

  const WallClock& clock() const { return context_.clock; }

  PublisherPort& port() const { return port_; }

 private:
  PipeConsumer* piped(const Pipe& pipe) const;
  bool sheds(Timestamp now, const MediaPacket& packet, bool newest, Outbox& outbox);

  ProducerId id_;
  std::uint64_t source_;
  rtp::MediaKind kind_;
  std::string mid_;
  std::string mime_type_;
  std::vector<rtp::RtpHeaderExtensionParameters> header_extensions_;
  ForwardContext context_;
  PublisherPort& port_;
  LevelSink& levels_;
  PayloadTypes payload_types_;
  std::vector<ProducerStream> streams_;
  std::vector<Consumer*> consumers_;
  std::vector<std::unique_ptr<PipeConsumer>> pipes_;  // after the streams
  std::optional<PipedReport> report_;                 // the newest
  std::vector<PacketRef> waiting_;
  bool paused_;
  std::uint32_t frame_ = 0;  // RTP timestamp of the newest
  bool shedding_ = false;    // consumers here go without it
};

}  // namespace parlance::sfu
