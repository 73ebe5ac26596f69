// The control message that says at which of the machine's addresses a datagram came, or from which
// one it is to leave.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <netinet/in.h>
#include <sys/socket.h>

#include "sfu/ice/address.h"

namespace parlance::sfu {

// Room for the message of either family, aligned as the kernel's macros want it.
struct PacketInfo {
  static constexpr std::size_t kSize = CMSG_SPACE(sizeof(in6_pktinfo));

  alignas(cmsghdr) std::array<std::uint8_t, kSize> bytes{};
  std::size_t size = 0;
};

// The control message of that kind; null where there is none.
const cmsghdr* find_control(const msghdr& received, int level, int type);

// To send from this address, IP_PKTINFO or IPV6_PKTINFO; the port doesn't matter.
PacketInfo to_packet_info(const SocketAddress& local);

// The address that a received datagram was sent to, with port 0. Nothing where the socket was not
// told to say.
std::optional<SocketAddress> destination_of(const msghdr& received);

// Asks for the message with every datagram. False with errno where that is refused.
bool ask_for_packet_info(int fd, bool is_v6);

}  // namespace parlance::sfu
