#include "sfu/worker/packet_info.h"

#include <cstring>

namespace parlance::sfu {

namespace {

template <typename Info>
PacketInfo make(int level, int type, const Info& info) {
  PacketInfo made;
  msghdr message{};
  message.msg_control = made.bytes.data();
  message.msg_controllen = made.bytes.size();
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = level;
  header->cmsg_type = type;
  header->cmsg_len = CMSG_LEN(sizeof info);
  std::memcpy(CMSG_DATA(header), &info, sizeof info);
  made.size = CMSG_SPACE(sizeof info);
  return made;
}

}  // namespace

PacketInfo to_packet_info(const SocketAddress& local) {
  if (local.is_v6()) {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, local.ip().data(), sizeof info.ipi6_addr);
    return make(IPPROTO_IPV6, IPV6_PKTINFO, info);
  }
  in_pktinfo info{};
  std::memcpy(&info.ipi_spec_dst, local.ip().data(), sizeof info.ipi_spec_dst);
  return make(IPPROTO_IP, IP_PKTINFO, info);
}

const cmsghdr* find_control(const msghdr& received, int level, int type) {
  // The macro wants to be able to change what it walks over; nothing here does.
  auto& message = const_cast<msghdr&>(received);
  for (cmsghdr* at = CMSG_FIRSTHDR(&message); at != nullptr; at = CMSG_NXTHDR(&message, at)) {
    if (at->cmsg_level == level && at->cmsg_type == type) {
      return at;
    }
  }
  return nullptr;
}

std::optional<SocketAddress> destination_of(const msghdr& received) {
  if (const cmsghdr* const v4 = find_control(received, IPPROTO_IP, IP_PKTINFO)) {
    in_pktinfo info{};
    std::memcpy(&info, CMSG_DATA(v4), sizeof info);
    std::array<std::uint8_t, SocketAddress::kV4Size> ip{};
    std::memcpy(ip.data(), &info.ipi_spec_dst, ip.size());
    return SocketAddress::v4(ip, 0);
  }
  if (const cmsghdr* const v6 = find_control(received, IPPROTO_IPV6, IPV6_PKTINFO)) {
    in6_pktinfo info{};
    std::memcpy(&info, CMSG_DATA(v6), sizeof info);
    std::array<std::uint8_t, SocketAddress::kV6Size> ip{};
    std::memcpy(ip.data(), &info.ipi6_addr, ip.size());
    return SocketAddress::v6(ip, 0);
  }
  return std::nullopt;
}

bool ask_for_packet_info(int fd, bool is_v6) {
  const int on = 1;
  const int level = is_v6 ? static_cast<int>(IPPROTO_IPV6) : static_cast<int>(IPPROTO_IP);
  return setsockopt(fd, level, is_v6 ? IPV6_RECVPKTINFO : IP_PKTINFO, &on, sizeof on) == 0;
}

}  // namespace parlance::sfu
