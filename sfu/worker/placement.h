// Which shard takes the next router, and which worker runs which shard.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sfu/api/media_engine.h"

namespace parlance::sfu {

// How busy a shard is and which worker runs it.
struct ShardStanding {
  double score = 0.0;  // 1.0: a full core
  unsigned worker = 0;
};

// CPU and packets as measured, and a little for every router, `routers` being those that were
// placed there: calls that just began have no load yet.
double load_score(const ShardLoad& load, std::uint32_t routers);

// The shard with the least to do, on a worker with little to do. The first of equals.
unsigned least_loaded(std::span<const ShardStanding> shards, unsigned workers);

// A worker for every shard: as even as the scores allow, and otherwise where it is.
std::vector<unsigned> assign_shards(std::span<const ShardStanding> shards, unsigned workers);

}  // namespace parlance::sfu
