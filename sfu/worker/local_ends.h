// The ends of a shard's paths on this machine: its sockets, and each address at which a wildcard
// socket was spoken to.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sfu/ice/address.h"
#include "sfu/worker/packet_info.h"
#include "sfu/worker/udp_socket.h"

namespace parlance::sfu {

// Gives every end a SocketId, so that for the cores two addresses of one wildcard socket are two
// sockets, and an answer leaves from the address that was asked: a client's NAT and its ICE agent
// take it from no other. The first ids are the sockets themselves, in their order.
class LocalEnds {
 public:
  // Addresses beyond are answered from wherever the kernel routes; only the machine's own count.
  static constexpr std::size_t kMaxAddresses = 64;

  // The sockets outlive it.
  explicit LocalEnds(std::span<const UdpSocket> sockets);

  std::span<const UdpSocket> sockets() const { return sockets_; }

  // The end at which `received` came in on that socket.
  SocketId find(SocketId socket, const msghdr& received);

  // Through which socket an end's datagrams leave.
  SocketId socket_of(SocketId end) const { return ends_[end].socket; }

  // Says in `header` from where they leave.
  void set_source(SocketId end, msghdr& header);

 private:
  struct End {
    SocketId socket = 0;
    SocketAddress address;  // of the machine, without a port; unused where there is no info
    PacketInfo info;        // empty: the socket has one address, or the kernel chooses
  };

  std::span<const UdpSocket> sockets_;
  std::vector<End> ends_;
  SocketId last_found_ = 0;
};

}  // namespace parlance::sfu
