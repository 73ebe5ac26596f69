#include "signaling/server/origin.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <initializer_list>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace parlance::signaling {

namespace {

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// A port that goes without saying is left out by browsers.
std::string_view without_port(std::string_view host, std::string_view port) {
  return host.ends_with(port) ? host.substr(0, host.size() - port.size()) : host;
}

std::string_view host_name(std::string_view host) {
  if (host.starts_with('[')) {
    return host.substr(1, host.find(']') - 1);
  }
  return host.substr(0, host.find(':'));
}

}  // namespace

bool origin_allowed(std::string_view origin,
                    std::string_view host,
                    std::span<const std::string> allowed) {
  if (origin.empty()) {
    return true;
  }
  if (std::ranges::find(allowed, origin) != allowed.end()) {
    return true;
  }
  using Scheme = std::pair<std::string_view, std::string_view>;
  for (const auto& [scheme, port] : {Scheme{"http://", ":80"}, Scheme{"https://", ":443"}}) {
    if (origin.starts_with(scheme)) {
      const std::string_view page_host = without_port(origin.substr(scheme.size()), port);
      return !page_host.empty() && same_ignoring_case(page_host, without_port(host, port));
    }
  }
  return false;
}

bool host_is_literal(std::string_view host) {
  const std::string name(host_name(host));
  std::array<std::uint8_t, 16> bytes{};
  return same_ignoring_case(name, "localhost") ||
         inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1;
}

bool is_loopback(std::string_view address) {
  return address == "::1" || address.starts_with("127.");
}

}  // namespace parlance::signaling
