// Reads codec parameters whichever way they were given: "packetization-mode": 1 or "1".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rtp/parameters.h"

namespace parlance::rtp {

std::string text_of(const ParameterValue& value);

// `fallback` where it is absent or no whole number.
std::int64_t parameter_number(const CodecParameterMap& parameters,
                              std::string_view name,
                              std::int64_t fallback);

}  // namespace parlance::rtp
