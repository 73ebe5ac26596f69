#include "sfu/worker/placement.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace parlance::sfu {

namespace {

// Packets in and out that keep a core busy, roughly: 3.7 us each.
constexpr double kPacketsPerCore = 270'000.0;

constexpr double kRouterScore = 0.002;
constexpr double kTransportScore = 0.002;

// Every shard costs a worker something, so that idle ones are spread too.
constexpr double kShardScore = 0.001;

std::vector<double> scores_of_workers(std::span<const ShardStanding> shards, unsigned workers) {
  std::vector<double> scores(workers, 0.0);
  for (const ShardStanding& shard : shards) {
    scores[shard.worker] += shard.score;
  }
  return scores;
}

}  // namespace

double load_score(const ShardLoad& load, const Placed& placed) {
  const auto packets = static_cast<double>(load.packets_in_per_s + load.packets_out_per_s);
  return std::max(load.cpu, packets / kPacketsPerCore) + kRouterScore * placed.routers +
         kTransportScore * placed.transports;
}

unsigned least_loaded(std::span<const ShardStanding> shards, unsigned workers) {
  const std::vector<double> worker_scores = scores_of_workers(shards, workers);
  const auto cost = [&](const ShardStanding& shard) {
    return worker_scores[shard.worker] + shard.score;
  };
  const auto best = std::ranges::min_element(shards, {}, cost);
  return static_cast<unsigned>(best - shards.begin());
}

unsigned shard_for_transport(std::span<const ShardStanding> shards,
                             unsigned workers,
                             const std::vector<bool>& parts,
                             double spread_at) {
  const std::vector<double> worker_scores = scores_of_workers(shards, workers);
  const auto cost = [&](unsigned shard) {
    return std::pair(worker_scores[shards[shard].worker], shards[shard].score);
  };
  std::optional<unsigned> present;
  unsigned any = 0;
  for (unsigned i = 0; i < shards.size(); ++i) {
    any = cost(i) < cost(any) ? i : any;
    if (parts[i] && (!present || cost(i) < cost(*present))) {
      present = i;
    }
  }
  const bool spread = !present || cost(any).first + spread_at < cost(*present).first;
  return spread ? any : *present;
}

std::vector<unsigned> assign_shards(std::span<const ShardStanding> shards, unsigned workers) {
  std::vector<std::size_t> busiest_first(shards.size());
  std::ranges::generate(busiest_first, [next = std::size_t{0}]() mutable { return next++; });
  std::ranges::sort(
      busiest_first, {}, [&](std::size_t i) { return std::pair(-shards[i].score, i); });
  std::vector<double> scores(workers, 0.0);
  std::vector<unsigned> assigned(shards.size(), 0);
  for (const std::size_t i : busiest_first) {
    const auto cost = [&](unsigned worker) {
      return std::pair(scores[worker], worker != shards[i].worker);
    };
    unsigned best = 0;
    for (unsigned worker = 1; worker < workers; ++worker) {
      best = cost(worker) < cost(best) ? worker : best;
    }
    assigned[i] = best;
    scores[best] += shards[i].score + kShardScore;
  }
  return assigned;
}

}  // namespace parlance::sfu
