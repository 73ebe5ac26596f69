// Accounts over HTTP: signing up, in and out, devices, finding people.
#pragma once

#include <vector>

#include "signaling/server/http_types.h"

namespace parlance::signaling {

struct ServerState;

// The routes of docs/protocol.md, "Accounts". The state outlives them.
std::vector<HttpRoute> account_routes(ServerState& state);

}  // namespace parlance::signaling
