// The commands that don't serve: they talk to a running server or look at the machine.
#pragma once

#include <optional>

#include "server/configuration.h"

namespace parlance::server {

// `parlance workers [N]`. Prints; the exit code.
int run_workers(const Configuration& configuration, std::optional<unsigned> count);

// `parlance doctor`: what keeps calls from working on this machine. Prints; the exit code.
int run_doctor(const Configuration& configuration);

}  // namespace parlance::server
