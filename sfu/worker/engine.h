// MediaEngine over shards on worker threads.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "sfu/api/media_engine.h"
#include "sfu/secure/crypto.h"
#include "sfu/worker/answer.h"
#include "sfu/worker/placement.h"
#include "sfu/worker/router_places.h"
#include "sfu/worker/shard_runner.h"
#include "sfu/worker/worker.h"

namespace parlance::sfu {

// Knows which shards each call is on, and which worker runs which shard. Callers are signaling
// threads; a mutex guards what they share, and no packet ever meets it.
class Engine : public MediaEngine {
 public:
  static constexpr unsigned kMaxWorkers = 256;
  static constexpr unsigned kMaxShards = 256;

  Engine(const EngineOptions& options, std::vector<ShardSockets> sockets);
  ~Engine() override;

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void create_router(RouterId id, Executor& reply_on, MediaEventSink events) override;
  void close_router(RouterId id) override;
  void create_transport(RouterId router,
                        TransportId id,
                        Executor& reply_on,
                        MediaReply<TransportDescription> reply) override;
  void connect_transport(RouterId router,
                         TransportId id,
                         DtlsParameters remote,
                         Executor& reply_on,
                         MediaReply<void> reply) override;
  void restart_ice(RouterId router,
                   TransportId id,
                   Executor& reply_on,
                   MediaReply<IceParameters> reply) override;
  void close_transport(RouterId router, TransportId id) override;
  void produce(RouterId router,
               TransportId transport,
               ProducerOptions options,
               Executor& reply_on,
               MediaReply<void> reply) override;
  void set_producer_paused(RouterId router, ProducerId id, bool paused) override;
  void close_producer(RouterId router, ProducerId id) override;
  void consume(RouterId router,
               TransportId transport,
               ConsumerOptions options,
               Executor& reply_on,
               MediaReply<void> reply) override;
  void set_consumer_paused(RouterId router, ConsumerId id, bool paused) override;
  void request_key_frame(RouterId router, ConsumerId id) override;
  void close_consumer(RouterId router, ConsumerId id) override;
  void transport_stats(RouterId router,
                       TransportId id,
                       Executor& reply_on,
                       MediaReply<Stats> reply) override;
  void set_workers(unsigned count, Executor& reply_on, MediaReply<void> reply) override;
  EngineLoad load() const override;

 private:
  struct Move;

  // A command that is answered; without a shard there is nothing to do it on.
  template <typename T, typename Work>
  void request(std::optional<unsigned> shard,
               RouterId router,
               Executor& reply_on,
               MediaReply<T> reply,
               Work work);

  // One that isn't, for one shard and for some.
  template <typename Work>
  void tell(unsigned shard, RouterId router, Work work);
  template <typename Work>
  void tell(const std::vector<unsigned>& shards, RouterId router, const Work& work);

  std::optional<unsigned> shard_of(RouterId router, TransportId transport) const;
  std::vector<unsigned> shards_of(RouterId router) const;
  std::vector<ShardStanding> standings() const;
  void after_produce(RouterId router, const ProducerOptions& options, bool produced);
  void move_shards(const std::shared_ptr<Move>& move, const std::vector<unsigned>& assigned);
  void finish_move(Move& move);

  std::unique_ptr<Crypto> crypto_;
  const double spread_at_;
  std::vector<std::unique_ptr<Pipe>> pipes_;  // from each shard to each other
  std::vector<std::unique_ptr<ShardRunner>> shards_;

  mutable std::mutex mutex_;
  RouterPlaces places_;
  std::vector<unsigned> owners_;  // worker of each shard, as planned
  bool moving_ = false;
  std::vector<std::unique_ptr<Worker>> retired_;  // joined at the next change
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace parlance::sfu
