// Which web pages may talk to this server, and which requests are the operator's.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace parlance::signaling {

// True for a page of the host that the request went to, or of the list; false for any other page
// and for "null". A request without an Origin does not come from a foreign page.
bool origin_allowed(std::string_view origin,
                    std::string_view host,
                    std::span<const std::string> allowed);

// True for host names that no foreign page can have pointed at this machine: "localhost" and
// numeric addresses, with or without a port.
bool host_is_literal(std::string_view host);

bool is_loopback(std::string_view address);

}  // namespace parlance::signaling
