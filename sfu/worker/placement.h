// Which shard takes the next router or transport, and which worker runs which shard.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sfu/api/media_engine.h"
#include "sfu/worker/router_places.h"

namespace parlance::sfu {

// How busy a shard is and which worker runs it.
struct ShardStanding {
  double score = 0.0;  // 1.0: a full core
  unsigned worker = 0;
};

// CPU and packets as measured, and a little for what was placed there: calls that just began have
// no load yet.
double load_score(const ShardLoad& load, const Placed& placed);

// The shard with the least to do, on a worker with little to do. The first of equals.
unsigned least_loaded(std::span<const ShardStanding> shards, unsigned workers);

// The shard for one more transport of a call, `parts` being the shards that it is on already (one
// at least): of these the one with the least to do. Another one, of a worker that has `spread_at`
// cores less to do: a call spreads only where that pays, since every further shard costs a copy of
// each of its packets.
unsigned shard_for_transport(std::span<const ShardStanding> shards,
                             unsigned workers,
                             const std::vector<bool>& parts,
                             double spread_at);

// A worker for every shard: as even as the scores allow, and otherwise where it is.
std::vector<unsigned> assign_shards(std::span<const ShardStanding> shards, unsigned workers);

}  // namespace parlance::sfu
