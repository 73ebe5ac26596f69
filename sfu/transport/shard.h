// The pure core of the media plane that one worker thread runs: routers, transports and their
// timers.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "sfu/api/media_engine.h"
#include "sfu/forward/pipe.h"
#include "sfu/forward/router.h"
#include "sfu/ice/address.h"
#include "sfu/packet/outbox.h"
#include "sfu/packet/packet_pool.h"
#include "sfu/packet/shard_counters.h"
#include "sfu/transport/pipe_port.h"

namespace parlance::sfu {

class Crypto;

inline constexpr std::size_t kMaxRoutersPerShard = 4096;
inline constexpr std::size_t kMaxTransportsPerRouter = 2048;  // two per participant

// An outbox with less room than this is flushed before the next datagram is taken, as that may go
// to many.
inline constexpr std::size_t kOutboxHeadroom = 1024;

// Pipe messages taken between two looks at the outbox.
inline constexpr std::size_t kPipeMessagesPerTurn = 64;

// A datagram as the shell received it, in a slot of the shard's pool (Shard::packets().acquire()).
struct ReceivedDatagram {
  PacketRef packet;
  Path from;
};

// The pipes between one shard and all others, by their index; null for itself.
struct ShardPipes {
  std::vector<Pipe*> to;
  std::vector<Pipe*> from;
};

// What a shard is given for its life. What is referred to is lent and outlives it.
struct ShardConfig {
  unsigned index = 0;
  std::vector<IceCandidate> candidates;  // as clients get them, best first
  Crypto& crypto;
  ShardPipes pipes = {};
};

// Owned by one thread at a time; may be handed to another between two calls. Every call that may
// send takes the outbox, and the shell flushes it when the call returns. Commands mirror
// MediaEngine's.
class Shard {
 public:
  explicit Shard(ShardConfig config);
  ~Shard();

  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  // Where the shell gets the slots it receives into.
  PacketPool& packets();

  // Wall time (microseconds since the Unix epoch) at `now`. Told at start and then every second or
  // so; used for the NTP time of sender reports only.
  void set_wall_clock(Timestamp now, std::int64_t unix_us);

  // Takes datagrams in order and returns how many it took: at least one, fewer than given where the
  // outbox has to be flushed first. Taken packets are moved from.
  std::size_t on_datagrams(Timestamp now, std::span<ReceivedDatagram> datagrams, Outbox& outbox);

  // Datagrams pile up before it, or no longer.
  void set_overloaded(bool overloaded);

  // Takes what has come from other shards, a part of it at a time: true where there is more. The
  // outbox is flushed in between.
  bool on_pipes(Timestamp now, Outbox& outbox);

  // Earliest instant that on_timeout wants to be called at; kNever when nothing waits. O(1).
  Timestamp next_timeout() const;
  void on_timeout(Timestamp now, Outbox& outbox);

  std::expected<void, MediaError> create_router(RouterId id, RouterPart part = RouterPart::kHome);
  void close_router(Timestamp now, RouterId id, Outbox& outbox);

  std::expected<TransportDescription, MediaError> create_transport(RouterId router, TransportId id);
  std::expected<void, MediaError> connect_transport(
      Timestamp now, RouterId router, TransportId id, const DtlsParameters& remote, Outbox& outbox);
  std::expected<IceParameters, MediaError> restart_ice(Timestamp now,
                                                       RouterId router,
                                                       TransportId id);
  void close_transport(Timestamp now, RouterId router, TransportId id, Outbox& outbox);

  std::expected<void, MediaError> produce(RouterId router,
                                          TransportId transport,
                                          const ProducerOptions& options);
  void set_producer_paused(
      Timestamp now, RouterId router, ProducerId id, bool paused, Outbox& outbox);
  void close_producer(RouterId router, ProducerId id);

  // The producer is on that other shard: it can be consumed here from now on. No error where that
  // is so already.
  std::expected<void, MediaError> pipe_producer(Timestamp now,
                                                RouterId router,
                                                const ProducerOptions& options,
                                                unsigned shard,
                                                PipeUse use,
                                                Outbox& outbox);

  std::expected<void, MediaError> consume(Timestamp now,
                                          RouterId router,
                                          TransportId transport,
                                          const ConsumerOptions& options,
                                          Outbox& outbox);
  void set_consumer_paused(
      Timestamp now, RouterId router, ConsumerId id, bool paused, Outbox& outbox);
  void request_key_frame(Timestamp now, RouterId router, ConsumerId id, Outbox& outbox);
  void close_consumer(RouterId router, ConsumerId id);

  std::expected<Stats, MediaError> transport_stats(Timestamp now, RouterId router, TransportId id);

  // Events since the last call, in order. To be drained after every call above.
  std::vector<MediaEvent> take_events();

  const ShardCounters& counters() const;

  // What failed, where a CHECK cost one peer its transport: one text each since the last call, for
  // the log.
  std::vector<std::string> take_bug_reports();

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace parlance::sfu
