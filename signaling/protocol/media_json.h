// Media parameters as mediasoup's JSON objects, both ways.
#pragma once

#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

#include "rtp/parameters.h"
#include "sfu/api/media_engine.h"

namespace parlance::signaling {

std::string_view kind_name(rtp::MediaKind kind);

nlohmann::json to_json(const rtp::RtpCapabilities& capabilities);
nlohmann::json to_json(const rtp::RtpParameters& parameters);
nlohmann::json to_json(const sfu::IceParameters& parameters);
nlohmann::json to_json(const sfu::IceCandidate& candidate);
nlohmann::json to_json(const sfu::DtlsParameters& parameters);
// An array of one object per transport, producer or consumer.
nlohmann::json to_json(const sfu::Stats& stats);

// What clients send. The schemas (docs/protocol/media-types.json) say more exactly what is allowed
// and give better errors; these refuse what doesn't fit the types, whatever came before them.
// Unknown members are ignored.
std::optional<rtp::MediaKind> parse_kind(const nlohmann::json& value);
std::optional<rtp::RtpCapabilities> parse_rtp_capabilities(const nlohmann::json& value);
std::optional<rtp::RtpParameters> parse_rtp_parameters(const nlohmann::json& value);
std::optional<sfu::DtlsParameters> parse_dtls_parameters(const nlohmann::json& value);

}  // namespace parlance::signaling
