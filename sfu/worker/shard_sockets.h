// The ports of all shards, bound before anything else starts.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
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

// What a kernel may lack; everything works without, at a higher cost.
struct SocketOptions {
  bool trains = true;    // UDP_SEGMENT
  bool groups = true;    // UDP_GRO
  bool feedback = true;  // a filter that tells RTCP apart
};

// What all of the sockets have.
SocketOptions options_of(std::span<const ShardSockets> shards);

// One line for the operator; empty where nothing is lacking.
std::string describe_lack(const SocketOptions& options);

}  // namespace parlance::sfu
