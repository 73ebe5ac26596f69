// Carries a scenario out.
#pragma once

#include <functional>
#include <string>

#include "bench/load/report.h"
#include "bench/load/scenario.h"

namespace parlance::load {

// `progress` is told what is being done. Throws std::runtime_error where the server or this machine
// refuses something.
Measured run(const Scenario& scenario, const std::function<void(const std::string&)>& progress);

}  // namespace parlance::load
