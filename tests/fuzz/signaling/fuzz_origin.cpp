// The Origin and Host of a request, a line each: who may talk to the server, by other means than
// the rules themselves.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "signaling/server/origin.h"

namespace {

using parlance::signaling::host_is_literal;
using parlance::signaling::is_loopback;
using parlance::signaling::origin_allowed;

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(
      out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// A page that is let in is of the host or of the list.
void check_page(std::string_view origin, std::string_view host) {
  const std::array<std::string, 1> listed{"https://app.example.org"};
  if (!origin_allowed(origin, host, listed) || origin.empty() || origin == listed.front()) {
    return;
  }
  const auto name_at = origin.find("://");
  CHECK(name_at != std::string_view::npos);
  const std::string page = lower(origin.substr(name_at + 3));
  const std::string own = lower(host);
  CHECK(page.starts_with(own) ||
        own.starts_with(page));  // apart from a port that goes without saying
  const std::string rest =
      page.size() > own.size() ? page.substr(own.size()) : own.substr(page.size());
  CHECK(rest.empty() || rest == ":80" || rest == ":443");
}

// A host that no name server has a say in: a number, or "localhost" with or without a port.
void check_host(std::string_view host) {
  if (!host_is_literal(host)) {
    return;
  }
  const std::string text = lower(host);
  const bool local = text.starts_with("localhost");
  const std::string_view allowed = local ? "0123456789:" : "0123456789abcdef.:[]";
  const std::string rest = local ? text.substr(std::string_view("localhost").size()) : text;
  CHECK(rest.find_first_not_of(allowed) == std::string::npos);
  CHECK(!local || rest.empty() || rest.front() == ':');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const std::string_view all(text);
  const std::size_t end = std::min(all.find('\n'), all.size());
  const std::string_view origin = all.substr(0, end);
  const std::string_view host = all.substr(std::min(end + 1, all.size()));
  check_page(origin, host);
  check_host(host);
  (void)is_loopback(host);
  return 0;
}
