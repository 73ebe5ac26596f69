// What a shard tells clients about where it is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sfu/api/media_engine.h"
#include "sfu/worker/shard_sockets.h"

namespace parlance::sfu {

// Addresses of the machine's interfaces that are up, IPv4 first. Link-local ones are left out: a
// candidate can't carry their zone. Loopback ones are given only where there is nothing else.
std::vector<SocketAddress> interface_addresses();

// Host candidates of one shard, best first: the announced addresses with their own ports, else what
// its sockets are bound to, wildcards replaced by `interfaces` of their family.
std::vector<IceCandidate> make_candidates(const EngineOptions& options,
                                          unsigned shard,
                                          const ShardSockets& sockets,
                                          const std::vector<SocketAddress>& interfaces);

}  // namespace parlance::sfu
