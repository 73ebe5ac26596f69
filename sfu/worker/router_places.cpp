#include "sfu/worker/router_places.h"

#include <utility>

namespace parlance::sfu {

const RouterPlaces::Router* RouterPlaces::find(RouterId id) const {
  const auto found = routers_.find(id);
  return found == routers_.end() ? nullptr : &found->second;
}

RouterPlaces::Router* RouterPlaces::find(RouterId id) {
  const auto found = routers_.find(id);
  return found == routers_.end() ? nullptr : &found->second;
}

bool RouterPlaces::add_router(RouterId id, unsigned home, Events events) {
  std::vector<bool> parts(placed_.size());
  parts[home] = true;
  Router router{.home = home,
                .events = std::move(events),
                .parts = std::move(parts),
                .transports = {},
                .producers = {}};
  const bool added = routers_.emplace(id, std::move(router)).second;
  placed_[home].routers += added ? 1 : 0;
  return added;
}

std::vector<unsigned> RouterPlaces::remove_router(RouterId id) {
  std::vector<unsigned> had = shards(id);
  if (const Router* const router = find(id)) {
    --placed_[router->home].routers;
    for (const auto& [transport, shard] : router->transports) {
      --placed_[shard].transports;
    }
    routers_.erase(id);
  }
  return had;
}

std::optional<unsigned> RouterPlaces::home(RouterId id) const {
  const Router* const router = find(id);
  return router == nullptr ? std::nullopt : std::optional(router->home);
}

std::vector<unsigned> RouterPlaces::shards(RouterId id) const {
  std::vector<unsigned> shards;
  const std::vector<bool> have = parts(id);
  for (unsigned i = 0; i < have.size(); ++i) {
    if (have[i]) {
      shards.push_back(i);
    }
  }
  return shards;
}

std::vector<bool> RouterPlaces::parts(RouterId id) const {
  const Router* const router = find(id);
  return router == nullptr ? std::vector<bool>{} : router->parts;
}

std::optional<RouterPlaces::Events> RouterPlaces::events(RouterId id) const {
  const Router* const router = find(id);
  return router == nullptr ? std::nullopt : std::optional(router->events);
}

void RouterPlaces::add_transport(RouterId router, TransportId id, unsigned shard) {
  if (Router* const found = find(router)) {
    if (found->transports.emplace(id, shard).second) {
      found->parts[shard] = true;
      ++placed_[shard].transports;
    }
  }
}

std::optional<unsigned> RouterPlaces::transport(RouterId router, TransportId id) const {
  const Router* const found = find(router);
  if (found == nullptr) {
    return std::nullopt;
  }
  const auto transport = found->transports.find(id);
  return transport == found->transports.end() ? std::nullopt : std::optional(transport->second);
}

std::vector<ProducerId> RouterPlaces::remove_transport(RouterId router, TransportId id) {
  std::vector<ProducerId> had;
  Router* const found = find(router);
  const auto shard = transport(router, id);
  if (found == nullptr || !shard) {
    return had;
  }
  --placed_[*shard].transports;
  found->transports.erase(id);
  for (const auto& [producer, entry] : found->producers) {
    if (entry.transport == id) {
      had.push_back(producer);
    }
  }
  for (const ProducerId producer : had) {
    found->producers.erase(producer);
  }
  return had;
}

bool RouterPlaces::add_producer(RouterId router,
                                TransportId transport,
                                const ProducerOptions& options) {
  Router* const found = find(router);
  if (found == nullptr) {
    return false;
  }
  const auto entry = found->producers.find(options.id);
  if (entry != found->producers.end()) {
    return entry->second.transport == transport;
  }
  found->producers.emplace(options.id,
                           Producer{transport, std::make_shared<const ProducerOptions>(options)});
  return true;
}

std::optional<RouterPlaces::Source> RouterPlaces::producer(RouterId router, ProducerId id) const {
  const Router* const found = find(router);
  if (found == nullptr) {
    return std::nullopt;
  }
  const auto entry = found->producers.find(id);
  if (entry == found->producers.end()) {
    return std::nullopt;
  }
  const auto shard = found->transports.find(entry->second.transport);
  return shard == found->transports.end()
             ? std::nullopt
             : std::optional(Source{shard->second, entry->second.options});
}

void RouterPlaces::set_paused(RouterId router, ProducerId id, bool paused) {
  Router* const found = find(router);
  if (found == nullptr || !found->producers.contains(id)) {
    return;
  }
  auto& options = found->producers.at(id).options;
  ProducerOptions changed = *options;
  changed.paused = paused;
  options = std::make_shared<const ProducerOptions>(std::move(changed));
}

void RouterPlaces::remove_producer(RouterId router, ProducerId id) {
  if (Router* const found = find(router)) {
    found->producers.erase(id);
  }
}

}  // namespace parlance::sfu
