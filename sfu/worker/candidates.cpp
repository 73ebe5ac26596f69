#include "sfu/worker/candidates.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <memory>

#include <ifaddrs.h>
#include <net/if.h>

#include "sfu/worker/socket_address.h"

namespace parlance::sfu {

namespace {

constexpr std::uint32_t kHostTypePreference = 126;      // RFC 8445 5.1.2.2
constexpr std::uint32_t kBestLocalPreference = 65'535;  // RFC 8445 5.1.2.1
constexpr std::uint32_t kRtpComponent = 1;

// RFC 8445 5.1.2.1; `rank` 0 is the best.
std::uint32_t host_priority(std::size_t rank) {
  const auto local = kBestLocalPreference - static_cast<std::uint32_t>(rank);
  return kHostTypePreference << 24U | local << 8U | (256U - kRtpComponent);
}

// fe80::/10, RFC 4291 2.5.6.
bool is_link_local(const SocketAddress& address) {
  return address.is_v6() && address.ip()[0] == 0xFE && (address.ip()[1] & 0xC0U) == 0x80;
}

KernelAddress copy_of(const sockaddr& address) {
  KernelAddress copy{};
  std::memcpy(
      &copy, &address, address.sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
  return copy;
}

}  // namespace

std::vector<SocketAddress> interface_addresses() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) {
    return {};
  }
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, freeifaddrs);
  std::vector<SocketAddress> others;
  std::vector<SocketAddress> loopback;
  for (const ifaddrs* at = list; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || (at->ifa_flags & IFF_UP) == 0 ||
        (at->ifa_addr->sa_family != AF_INET && at->ifa_addr->sa_family != AF_INET6)) {
      continue;
    }
    const SocketAddress address = from_kernel(copy_of(*at->ifa_addr));
    if (!is_link_local(address)) {
      ((at->ifa_flags & IFF_LOOPBACK) != 0 ? loopback : others).push_back(address);
    }
  }
  const std::vector<SocketAddress>& chosen = others.empty() ? loopback : others;
  std::vector<SocketAddress> v4_first;
  for (const bool v6 : {false, true}) {
    std::ranges::copy_if(chosen, std::back_inserter(v4_first), [v6](const SocketAddress& address) {
      return address.is_v6() == v6;
    });
  }
  return v4_first;
}

std::vector<IceCandidate> make_candidates(const EngineOptions& options,
                                          unsigned shard,
                                          const ShardSockets& sockets,
                                          const std::vector<SocketAddress>& interfaces) {
  std::vector<IceCandidate> candidates;
  const auto add = [&](const std::string& address, unsigned port) {
    const std::size_t rank = candidates.size();
    candidates.push_back({.foundation = "host" + std::to_string(rank),
                          .priority = host_priority(rank),
                          .address = address,
                          .protocol = "udp",
                          .port = static_cast<std::uint16_t>(port)});
  };
  for (const auto& announced : options.announced) {
    add(announced.address, announced.port ? *announced.port + shard : sockets.port);
  }
  if (!candidates.empty()) {
    return candidates;
  }
  for (const UdpSocket& socket : sockets.sockets) {
    if (!socket.is_wildcard()) {
      add(socket.local().ip_str(), sockets.port);
      continue;
    }
    for (const SocketAddress& address : interfaces) {
      if (address.is_v6() == socket.local().is_v6()) {
        add(address.ip_str(), sockets.port);
      }
    }
  }
  return candidates;
}

}  // namespace parlance::sfu
