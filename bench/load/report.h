// Whether a run counts, and how it is told.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "bench/load/measured.h"
#include "bench/load/scenario.h"

namespace parlance::load {

// Empty when the run counts.
std::vector<std::string> faults_of(const Scenario& scenario, const Measured& measured);

nlohmann::json report_of(const Scenario& scenario, const Measured& measured);

}  // namespace parlance::load
