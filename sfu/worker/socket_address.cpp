#include "sfu/worker/socket_address.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace parlance::sfu {

socklen_t to_kernel(const SocketAddress& address, KernelAddress& out) {
  if (address.is_v6()) {
    out.v6 = {};
    out.v6.sin6_family = AF_INET6;
    out.v6.sin6_port = htons(address.port());
    std::memcpy(&out.v6.sin6_addr, address.ip().data(), sizeof out.v6.sin6_addr);
    return sizeof out.v6;
  }
  out.v4 = {};
  out.v4.sin_family = AF_INET;
  out.v4.sin_port = htons(address.port());
  std::memcpy(&out.v4.sin_addr, address.ip().data(), sizeof out.v4.sin_addr);
  return sizeof out.v4;
}

SocketAddress from_kernel(const KernelAddress& address) {
  if (address.any.sa_family == AF_INET6) {
    std::array<std::uint8_t, SocketAddress::kV6Size> ip{};
    std::memcpy(ip.data(), &address.v6.sin6_addr, ip.size());
    return SocketAddress::v6(ip, ntohs(address.v6.sin6_port));
  }
  std::array<std::uint8_t, SocketAddress::kV4Size> ip{};
  std::memcpy(ip.data(), &address.v4.sin_addr, ip.size());
  return SocketAddress::v4(ip, ntohs(address.v4.sin_port));
}

}  // namespace parlance::sfu
