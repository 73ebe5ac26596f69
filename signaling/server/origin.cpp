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

// What may follow the name in a Host.
bool is_port(std::string_view text) {
  return text.empty() || (text.starts_with(':') && std::ranges::all_of(text.substr(1), [](char c) {
                            return c >= '0' && c <= '9';
                          }));
}

bool is_number(int family, std::string_view text) {
  std::array<std::uint8_t, 16> bytes{};
  const std::string terminated(text);
  return !text.contains('\0') && inet_pton(family, terminated.c_str(), bytes.data()) == 1;
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
  if (host.starts_with('[')) {  // RFC 3986 3.2.2
    const std::size_t end = host.find(']');
    return end != std::string_view::npos && is_port(host.substr(end + 1)) &&
           is_number(AF_INET6, host.substr(1, end - 1));
  }
  const std::size_t end = std::min(host.find(':'), host.size());
  const std::string_view name = host.substr(0, end);
  return is_port(host.substr(end)) &&
         (same_ignoring_case(name, "localhost") || is_number(AF_INET, name));
}

bool is_loopback(std::string_view address) {
  return address == "::1" || address.starts_with("127.");
}

}  // namespace parlance::signaling
