// Where each call is: which shards have a part of it, and on which its transports and producers
// are.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/executor.h"
#include "sfu/api/media_engine.h"

namespace parlance::sfu {

// What was put on a shard: calls by their homes, and transports.
struct Placed {
  std::uint32_t routers = 0;
  std::uint32_t transports = 0;
};

// The engine's memory of what it told the shards; they may be a few commands behind. Consumers are
// not in it: what concerns one goes to all shards of its call. Not thread-safe.
class RouterPlaces {
 public:
  struct Source {
    unsigned shard = 0;
    std::shared_ptr<const ProducerOptions> options;  // paused as it is now
  };

  // Where a router's events go, for each of its parts.
  struct Events {
    Executor* executor = nullptr;
    MediaEventSink sink;
  };

  explicit RouterPlaces(unsigned shards) : placed_(shards) {}

  // False where it is there already.
  bool add_router(RouterId id, unsigned home, Events events);

  // The shards that had a part of it.
  std::vector<unsigned> remove_router(RouterId id);

  bool contains(RouterId id) const { return routers_.contains(id); }

  // All of these are for a router that is there, or find nothing.
  std::optional<unsigned> home(RouterId id) const;
  std::vector<unsigned> shards(RouterId id) const;
  std::vector<bool> parts(RouterId id) const;  // for each shard whether it has one
  std::optional<Events> events(RouterId id) const;

  void add_transport(RouterId router, TransportId id, unsigned shard);
  std::optional<unsigned> transport(RouterId router, TransportId id) const;

  // The producers that were on it.
  std::vector<ProducerId> remove_transport(RouterId router, TransportId id);

  // False where another transport has one of that id.
  bool add_producer(RouterId router, TransportId transport, const ProducerOptions& options);
  std::optional<Source> producer(RouterId router, ProducerId id) const;
  void set_paused(RouterId router, ProducerId id, bool paused);
  void remove_producer(RouterId router, ProducerId id);

  const std::vector<Placed>& placed() const { return placed_; }

 private:
  struct Producer {
    TransportId transport;
    std::shared_ptr<const ProducerOptions> options;
  };

  struct Router {
    unsigned home = 0;
    Events events;
    std::vector<bool> parts;
    std::unordered_map<TransportId, unsigned> transports;
    std::unordered_map<ProducerId, Producer> producers;
  };

  const Router* find(RouterId id) const;
  Router* find(RouterId id);

  std::unordered_map<RouterId, Router> routers_;
  std::vector<Placed> placed_;
};

}  // namespace parlance::sfu
