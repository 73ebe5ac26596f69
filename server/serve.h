// The server itself: everything is put together here, and taken apart in the right order.
#pragma once

#include "server/configuration.h"

namespace parlance::server {

// Runs until SIGTERM or SIGINT. The exit code. Called once, on the main thread, before any other
// thread is started.
int serve(Configuration configuration);

}  // namespace parlance::server
