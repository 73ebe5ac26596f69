// Counters of the media plane and of signaling in Prometheus' text format.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "sfu/api/media_engine.h"

namespace parlance::server {

// Current numbers are gauges, totals are counters.
std::string metrics_text(const sfu::EngineLoad& media,
                         const std::map<std::string, std::uint64_t>& signaling);

}  // namespace parlance::server
