#include "server/network_addresses.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parlance::server {

namespace {

// The numeric text, nothing for families other than IP.
std::string numeric(const sockaddr* address) {
  const bool v4 = address->sa_family == AF_INET;
  if (!v4 && address->sa_family != AF_INET6) {
    return {};
  }
  std::array<char, NI_MAXHOST> text{};
  const auto size = static_cast<socklen_t>(v4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
  if (getnameinfo(address, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) {
    return {};
  }
  return text.data();
}

bool reachable(std::string_view address) {
  return !address.empty() && !address.starts_with("127.") && address != "::1" &&
         !address.starts_with("169.254.") && !address.starts_with("fe80:");
}

}  // namespace

MachineNames machine_names() {
  MachineNames names;
  std::vector<std::string> v6;
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) == 0) {
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(first, &freeifaddrs);
    for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
      if (at->ifa_addr == nullptr || (at->ifa_flags & IFF_UP) == 0U) {
        continue;
      }
      const std::string address = numeric(at->ifa_addr);
      auto& family = address.find(':') == std::string::npos ? names.addresses : v6;
      if (reachable(address) && std::ranges::find(family, address) == family.end()) {
        family.push_back(address);
      }
    }
  }
  names.addresses.insert(names.addresses.end(), v6.begin(), v6.end());
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) == 0) {
    names.host_name = host.data();
  }
  return names;
}

}  // namespace parlance::server
