// A producer's port on a shard where its publisher is not: its packets come by a pipe.
#pragma once

#include <cstdint>
#include <expected>
#include <span>

#include "base/time.h"
#include "base/timer_slots.h"
#include "rtp/packet/extension_map.h"
#include "sfu/api/media_engine.h"
#include "sfu/forward/pipe.h"
#include "sfu/forward/ports.h"
#include "sfu/forward/wall_clock.h"
#include "sfu/packet/packet_pool.h"
#include "sfu/packet/shard_counters.h"
#include "sfu/transport/ready_heap.h"

namespace parlance::sfu {

// What a shard lends to all of its pipes' ends.
struct PipeContext {
  PacketPool& pool;
  ShardCounters& counters;
  ReadyHeap& ready;
};

// Who is listened to wherever the publisher is, and who only as long as there are consumers.
enum class PipeUse : std::uint8_t { kAlways, kForConsumers };

// Subscribes to the producer on its own shard, asks there for the key frames that consumers here
// wish for, and hands what comes to the producer that stands for it here. Lost packets are asked
// for by the producer's own shard alone.
class PipePort final : public TimedOwner, public PublisherPort, private FeedbackOut {
 public:
  // While nothing has come a subscription is repeated: it may have been there before the producer.
  static constexpr Duration kSubscribeInterval = std::chrono::milliseconds(200);

  // `back` leads to the producer's shard.
  PipePort(RouterId router,
           const ProducerOptions& options,
           PipeUse use,
           Pipe& back,
           const PipeContext& context);
  ~PipePort() override;

  // How the producer is made that stands here for the one over there: it asks nobody for packets.
  static ProducerOptions options_here(ProducerOptions options);

  void on_packet(Timestamp now, std::span<const std::uint8_t> bytes, Outbox& outbox);
  void on_restart();
  void on_sender_report(Timestamp now, std::span<const std::uint8_t> body);

  std::expected<void, MediaError> attach(Producer& producer) override;
  void detach(Producer& producer) override;
  void on_audience(bool anyone) override;
  void wake_at(Timestamp at) override;

  void on_timeout(Timestamp now, Outbox& outbox) override;

  void on_bug() noexcept override { producer_ = nullptr; }

 private:
  enum class Slot : std::uint8_t { kSubscription, kProducer, kCount };

  void ask_packets(rtp::Ssrc, std::span<const std::uint16_t>) override {}

  void ask_key_frame_by_pli(rtp::Ssrc) override { ask_key_frame(); }

  void ask_key_frame_by_fir(rtp::Ssrc, std::uint8_t) override { ask_key_frame(); }

  // Nothing is lost where the pipe is full: both are asked for again.
  bool tell(PipeMessage::Kind kind);

  void ask_key_frame() { tell(PipeMessage::Kind::kKeyFrame); }

  void run_subscription(Timestamp now);
  void arm(Slot slot, Timestamp at);

  RouterId router_;
  ProducerId id_;
  PipeUse use_;
  Pipe& back_;
  PipeContext context_;
  rtp::ExtensionMap extensions_;
  Producer* producer_ = nullptr;
  TimerSlots<Slot> timers_;
  bool wanted_ = false;
  bool subscribed_ = false;
  bool heard_ = false;  // since it was subscribed to
};

}  // namespace parlance::sfu
