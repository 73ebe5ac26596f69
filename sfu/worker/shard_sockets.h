// The ports of all shards, bound before anything else starts.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "sfu/api/media_engine.h"
#include "sfu/worker/udp_socket.h"

namespace parlance::sfu {

// One socket for each listen address, all on one port; a SocketId is an index.
struct ShardSockets {
  std::vector<UdpSocket> sockets;
  std::uint16_t port = 0;
};

// "0.0.0.0" and "::" where nothing is configured; then a machine without IPv6 gets IPv4 only. The
// error is for the operator: which port or address failed, and what to change.
std::expected<std::vector<ShardSockets>, std::string> bind_shards(const EngineOptions& options);

}  // namespace parlance::sfu
