#include "sfu/worker/engine.h"

#include <algorithm>
#include <atomic>
#include <ranges>
#include <utility>

#include "sfu/worker/candidates.h"
#include "sfu/worker/shard_sockets.h"

namespace parlance::sfu {

// One change of the number of workers; ends when the last shard has arrived.
struct Engine::Move {
  explicit Move(Answer<void> given) : answer(std::move(given)) {}

  std::atomic<std::size_t> left{0};
  Answer<void> answer;
};

Engine::Engine(const EngineOptions& options, std::vector<ShardSockets> sockets)
    : crypto_(make_crypto()),
      spread_at_(options.spread_at),
      places_(static_cast<unsigned>(sockets.size())),
      owners_(sockets.size(), 0) {
  const std::vector<SocketAddress> interfaces = interface_addresses();
  const std::size_t count = sockets.size();
  for (std::size_t i = 0; i < count * count; ++i) {
    pipes_.push_back(i / count == i % count ? nullptr : std::make_unique<Pipe>());
  }
  for (unsigned i = 0; i < count; ++i) {
    ShardConfig config{.index = i,
                       .candidates = make_candidates(options, i, sockets[i], interfaces),
                       .crypto = *crypto_};
    for (std::size_t other = 0; other < count; ++other) {
      config.pipes.to.push_back(pipes_[i * count + other].get());
      config.pipes.from.push_back(pipes_[other * count + i].get());
    }
    shards_.push_back(
        std::make_unique<ShardRunner>(std::move(sockets[i]), std::move(config), options.bug_log));
  }
  for (const auto& shard : shards_) {
    shard->connect(shards_);
  }
  for (unsigned i = 0; i < options.workers; ++i) {
    workers_.push_back(std::make_unique<Worker>(i));
  }
  for (unsigned i = 0; i < shards_.size(); ++i) {
    owners_[i] = i % options.workers;
    workers_[owners_[i]]->post(
        [shard = shards_[i].get()](Worker& worker) { worker.adopt(*shard); });
  }
}

Engine::~Engine() {
  // Without the mutex: a worker that ends a move takes it. Nobody else may call any more.
  for (const auto& worker : workers_) {
    worker->stop();
  }
  // All have to stand still before the first goes: one may hand a shard to another until it ends.
  for (const auto& worker : workers_) {
    worker->join();
  }
}

template <typename T, typename Work>
void Engine::request(std::optional<unsigned> shard,
                     RouterId router,
                     Executor& reply_on,
                     MediaReply<T> reply,
                     Work work) {
  Answer<T> answer(reply_on, std::move(reply));
  if (!shard) {
    answer(std::unexpected(MediaError::kNotFound));
    return;
  }
  shards_[*shard]->request({router,
                            [answer = std::move(answer), work = std::move(work)](
                                ShardAccess* access, MediaError otherwise) mutable {
                              if (access == nullptr) {
                                answer(std::unexpected(otherwise));
                              } else {
                                answer(work(*access));
                              }
                            }});
}

template <typename Work>
void Engine::tell(unsigned shard, RouterId router, Work work) {
  shards_[shard]->tell({router, [work = std::move(work)](ShardAccess* access, MediaError) mutable {
                          if (access != nullptr) {
                            work(*access);
                          }
                        }});
}

template <typename Work>
void Engine::tell(const std::vector<unsigned>& shards, RouterId router, const Work& work) {
  for (const unsigned shard : shards) {
    tell(shard, router, work);
  }
}

std::optional<unsigned> Engine::shard_of(RouterId router, TransportId transport) const {
  const std::lock_guard lock(mutex_);
  return places_.transport(router, transport);
}

std::vector<unsigned> Engine::shards_of(RouterId router) const {
  const std::lock_guard lock(mutex_);
  return places_.shards(router);
}

std::vector<ShardStanding> Engine::standings() const {
  std::vector<ShardStanding> standings;
  for (unsigned i = 0; i < shards_.size(); ++i) {
    const ShardLoad load = shards_[i]->board().load(i, shards_[i]->port());
    standings.push_back({.score = load_score(load, places_.placed()[i]), .worker = owners_[i]});
  }
  return standings;
}

void Engine::create_router(RouterId id, Executor& reply_on, MediaEventSink events) {
  unsigned home = 0;
  {
    const std::lock_guard lock(mutex_);
    home = least_loaded(standings(), static_cast<unsigned>(workers_.size()));
    if (!places_.add_router(id, home, {&reply_on, events})) {
      return;
    }
  }
  tell(home, id, [id, &reply_on, events = std::move(events)](ShardAccess& access) mutable {
    if (access.shard.create_router(id)) {
      access.runner.add_router(id, reply_on, std::move(events));
    }
  });
}

void Engine::close_router(RouterId id) {
  std::vector<unsigned> had;
  {
    const std::lock_guard lock(mutex_);
    had = places_.remove_router(id);
  }
  tell(had, id, [id](ShardAccess& access) {
    access.shard.close_router(access.now, id, access.outbox);
    access.runner.remove_router(id);
  });
}

void Engine::create_transport(RouterId router,
                              TransportId id,
                              Executor& reply_on,
                              MediaReply<TransportDescription> reply) {
  std::optional<unsigned> shard;
  std::optional<RouterPlaces::Events> events;  // for a shard that has no part of the router yet
  {
    const std::lock_guard lock(mutex_);
    shard = places_.transport(router, id);
    if (const auto parts = places_.parts(router); !shard && !parts.empty()) {
      const auto workers = static_cast<unsigned>(workers_.size());
      shard = shard_for_transport(standings(), workers, parts, spread_at_);
      events = parts[*shard] ? std::nullopt : places_.events(router);
      places_.add_transport(router, id, *shard);
    }
  }
  request(shard,
          router,
          reply_on,
          std::move(reply),
          [router, id, events = std::move(events)](ShardAccess& access) mutable {
            if (events && access.shard.create_router(router, RouterPart::kAway)) {
              access.runner.add_router(router, *events->executor, std::move(events->sink));
            }
            return access.shard.create_transport(router, id);
          });
}

void Engine::connect_transport(RouterId router,
                               TransportId id,
                               DtlsParameters remote,
                               Executor& reply_on,
                               MediaReply<void> reply) {
  request(shard_of(router, id),
          router,
          reply_on,
          std::move(reply),
          [router, id, remote = std::move(remote)](ShardAccess& access) {
            return access.shard.connect_transport(access.now, router, id, remote, access.outbox);
          });
}

void Engine::restart_ice(RouterId router,
                         TransportId id,
                         Executor& reply_on,
                         MediaReply<IceParameters> reply) {
  request(
      shard_of(router, id), router, reply_on, std::move(reply), [router, id](ShardAccess& access) {
        return access.shard.restart_ice(access.now, router, id);
      });
}

void Engine::close_transport(RouterId router, TransportId id) {
  std::optional<unsigned> shard;
  std::vector<ProducerId> producers;
  {
    const std::lock_guard lock(mutex_);
    shard = places_.transport(router, id);
    producers = places_.remove_transport(router, id);
  }
  for (const ProducerId producer : producers) {
    close_producer(router, producer);  // wherever it is consumed
  }
  if (shard) {
    tell(*shard, router, [router, id](ShardAccess& access) {
      access.shard.close_transport(access.now, router, id, access.outbox);
    });
  }
}

void Engine::produce(RouterId router,
                     TransportId transport,
                     ProducerOptions options,
                     Executor& reply_on,
                     MediaReply<void> reply) {
  std::optional<unsigned> shard;
  {
    const std::lock_guard lock(mutex_);
    shard = places_.transport(router, transport);
    if (shard && !places_.add_producer(router, transport, options)) {
      Answer<void>(reply_on, std::move(reply))(std::unexpected(MediaError::kDuplicateId));
      return;
    }
  }
  request(shard,
          router,
          reply_on,
          std::move(reply),
          [this, router, transport, options = std::move(options)](ShardAccess& access) {
            const auto produced = access.shard.produce(router, transport, options);
            if (produced || produced.error() != MediaError::kDuplicateId) {
              after_produce(router, options, produced.has_value());
            }
            return produced;
          });
}

// On the producer's shard. The router's home listens for who speaks, wherever that is.
void Engine::after_produce(RouterId router, const ProducerOptions& options, bool produced) {
  std::optional<unsigned> home;
  std::optional<RouterPlaces::Source> source;
  {
    const std::lock_guard lock(mutex_);
    if (!produced) {
      places_.remove_producer(router, options.id);
      return;
    }
    home = places_.home(router);
    source = places_.producer(router, options.id);
  }
  if (!home || !source || *home == source->shard || options.kind != rtp::MediaKind::kAudio) {
    return;
  }
  tell(*home, router, [router, from = *source](ShardAccess& access) {
    (void)access.shard.pipe_producer(
        access.now, router, *from.options, from.shard, PipeUse::kAlways, access.outbox);
  });
}

void Engine::set_producer_paused(RouterId router, ProducerId id, bool paused) {
  {
    const std::lock_guard lock(mutex_);
    places_.set_paused(router, id, paused);
  }
  tell(shards_of(router), router, [router, id, paused](ShardAccess& access) {
    access.shard.set_producer_paused(access.now, router, id, paused, access.outbox);
  });
}

void Engine::close_producer(RouterId router, ProducerId id) {
  {
    const std::lock_guard lock(mutex_);
    places_.remove_producer(router, id);
  }
  tell(shards_of(router), router, [router, id](ShardAccess& access) {
    access.shard.close_producer(router, id);
  });
}

void Engine::consume(RouterId router,
                     TransportId transport,
                     ConsumerOptions options,
                     Executor& reply_on,
                     MediaReply<void> reply) {
  std::optional<unsigned> shard;
  std::optional<RouterPlaces::Source> source;
  {
    const std::lock_guard lock(mutex_);
    shard = places_.transport(router, transport);
    source = places_.producer(router, options.producer);
  }
  if (source && source->shard == shard) {
    source.reset();  // nothing to bring here
  }
  request(shard,
          router,
          reply_on,
          std::move(reply),
          [router, transport, source = std::move(source), options = std::move(options)](
              ShardAccess& access) -> std::expected<void, MediaError> {
            auto& [runner, core, now, outbox] = access;
            if (source) {
              const auto piped = core.pipe_producer(
                  now, router, *source->options, source->shard, PipeUse::kForConsumers, outbox);
              if (!piped) {
                return piped;
              }
            }
            return core.consume(now, router, transport, options, outbox);
          });
}

void Engine::set_consumer_paused(RouterId router, ConsumerId id, bool paused) {
  tell(shards_of(router), router, [router, id, paused](ShardAccess& access) {
    access.shard.set_consumer_paused(access.now, router, id, paused, access.outbox);
  });
}

void Engine::request_key_frame(RouterId router, ConsumerId id) {
  tell(shards_of(router), router, [router, id](ShardAccess& access) {
    access.shard.request_key_frame(access.now, router, id, access.outbox);
  });
}

void Engine::close_consumer(RouterId router, ConsumerId id) {
  tell(shards_of(router), router, [router, id](ShardAccess& access) {
    access.shard.close_consumer(router, id);
  });
}

void Engine::transport_stats(RouterId router,
                             TransportId id,
                             Executor& reply_on,
                             MediaReply<Stats> reply) {
  request(
      shard_of(router, id), router, reply_on, std::move(reply), [router, id](ShardAccess& access) {
        return access.shard.transport_stats(access.now, router, id);
      });
}

void Engine::set_workers(unsigned count, Executor& reply_on, MediaReply<void> reply) {
  Answer<void> answer(reply_on, std::move(reply));
  if (count == 0 || count > kMaxWorkers) {
    answer(std::unexpected(MediaError::kLimitReached));
    return;
  }
  const std::lock_guard lock(mutex_);
  if (moving_) {
    answer(std::unexpected(MediaError::kOverloaded));
    return;
  }
  retired_.clear();
  while (workers_.size() < count) {
    workers_.push_back(std::make_unique<Worker>(static_cast<unsigned>(workers_.size())));
  }
  moving_ = true;
  move_shards(std::make_shared<Move>(std::move(answer)), assign_shards(standings(), count));
  while (workers_.size() > count) {
    workers_.back()->stop();  // after it has let go of its shards
    retired_.push_back(std::move(workers_.back()));
    workers_.pop_back();
  }
}

void Engine::move_shards(const std::shared_ptr<Move>& move, const std::vector<unsigned>& assigned) {
  // One more than there are shards to move: nobody finishes before all are under way.
  move->left = 1 + static_cast<std::size_t>(std::ranges::count_if(
                       std::views::iota(std::size_t{0}, shards_.size()),
                       [&](std::size_t i) { return assigned[i] != owners_[i]; }));
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    if (assigned[i] == owners_[i]) {
      continue;
    }
    const auto arrived = [this, move] {
      if (move->left.fetch_sub(1) == 1) {
        const std::lock_guard lock(mutex_);
        finish_move(*move);
      }
    };
    Worker* const to = workers_[assigned[i]].get();
    workers_[owners_[i]]->post([arrived, shard = shards_[i].get(), to](Worker& from) {
      from.release(*shard);
      to->post([arrived, shard](Worker& self) {
        self.adopt(*shard);
        arrived();
      });
    });
    owners_[i] = assigned[i];
  }
  if (move->left.fetch_sub(1) == 1) {
    finish_move(*move);
  }
}

void Engine::finish_move(Move& move) {
  moving_ = false;
  move.answer({});
}

EngineLoad Engine::load() const {
  EngineLoad load;
  const std::lock_guard lock(mutex_);
  for (unsigned i = 0; i < workers_.size(); ++i) {
    load.workers.push_back({.worker = i, .shards = 0, .cpu = workers_[i]->cpu()});
  }
  for (unsigned i = 0; i < shards_.size(); ++i) {
    const ShardLoadBoard& board = shards_[i]->board();
    load.shards.push_back(board.load(i, shards_[i]->port()));
    load.shards.back().worker = owners_[i];
    ++load.workers[owners_[i]].shards;
    board.add_counters(load.counters);
  }
  return load;
}

std::expected<std::unique_ptr<MediaEngine>, std::string> start_media_engine(
    const EngineOptions& options) {
  if (options.workers == 0 || options.workers > Engine::kMaxWorkers) {
    return std::unexpected("media.workers has to be between 1 and " +
                           std::to_string(Engine::kMaxWorkers) + ".");
  }
  if (options.shards == 0 || options.shards > Engine::kMaxShards) {
    return std::unexpected("media.shards has to be between 1 and " +
                           std::to_string(Engine::kMaxShards) + ".");
  }
  auto sockets = bind_shards(options);
  if (!sockets) {
    return std::unexpected(std::move(sockets.error()));
  }
  if (const std::string lack = describe_lack(options_of(*sockets));
      !lack.empty() && options.notice_log) {
    options.notice_log(lack);
  }
  return std::make_unique<Engine>(options, std::move(*sockets));
}

}  // namespace parlance::sfu
