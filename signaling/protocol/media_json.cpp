#include "signaling/protocol/media_json.h"

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <variant>

#include "signaling/protocol/json_fields.h"

namespace parlance::signaling {

namespace {

using Json = nlohmann::json;

// How many parameters of one codec, codecs, extensions and so on are taken; the schemas' limits are
// lower or equal.
constexpr std::size_t kMaxElements = 64;

constexpr std::array<std::string_view, 4> kDirections = {
    "sendrecv", "sendonly", "recvonly", "inactive"};
constexpr std::array<std::string_view, 3> kDtlsRoles = {"auto", "client", "server"};

template <typename Enum, std::size_t Count>
std::string_view name_of(const std::array<std::string_view, Count>& names, Enum value) {
  return names.at(static_cast<std::size_t>(value));
}

// Reads a member that has to be one of these names; an absent one leaves the target alone.
template <typename Enum, std::size_t Count>
void optional_name(JsonFields& fields,
                   const char* member,
                   const std::array<std::string_view, Count>& names,
                   Enum& target) {
  std::optional<std::string> text;
  fields.optional(member, text);
  if (!text) {
    return;
  }
  for (std::size_t i = 0; i < Count; ++i) {
    if (names.at(i) == *text) {
      target = static_cast<Enum>(i);
      return;
    }
  }
  fields.fail();
}

Json to_json(const rtp::CodecParameterMap& parameters) {
  Json object = Json::object();
  for (const auto& [name, value] : parameters) {
    std::visit([&, &key = name](const auto& plain) { object[key] = plain; }, value);
  }
  return object;
}

Json to_json(const std::vector<rtp::RtcpFeedback>& feedback) {
  Json array = Json::array();
  for (const auto& item : feedback) {
    array.push_back({{"type", item.type}, {"parameter", item.parameter}});
  }
  return array;
}

Json to_json(const rtp::RtpCodecCapability& codec) {
  Json object = {{"kind", kind_name(codec.kind)},
                 {"mimeType", codec.mime_type},
                 {"clockRate", codec.clock_rate},
                 {"parameters", to_json(codec.parameters)},
                 {"rtcpFeedback", to_json(codec.rtcp_feedback)}};
  if (codec.preferred_payload_type) {
    object["preferredPayloadType"] = *codec.preferred_payload_type;
  }
  if (codec.channels) {
    object["channels"] = *codec.channels;
  }
  return object;
}

Json to_json(const rtp::RtpCodecParameters& codec) {
  Json object = {{"mimeType", codec.mime_type},
                 {"payloadType", codec.payload_type},
                 {"clockRate", codec.clock_rate},
                 {"parameters", to_json(codec.parameters)},
                 {"rtcpFeedback", to_json(codec.rtcp_feedback)}};
  if (codec.channels) {
    object["channels"] = *codec.channels;
  }
  return object;
}

Json to_json(const rtp::RtpEncodingParameters& encoding) {
  Json object = Json::object();
  if (encoding.ssrc) {
    object["ssrc"] = *encoding.ssrc;
  }
  if (!encoding.rid.empty()) {
    object["rid"] = encoding.rid;
  }
  if (encoding.rtx_ssrc) {
    object["rtx"] = {{"ssrc", *encoding.rtx_ssrc}};
  }
  if (encoding.codec_payload_type) {
    object["codecPayloadType"] = *encoding.codec_payload_type;
  }
  if (encoding.dtx) {
    object["dtx"] = true;
  }
  if (!encoding.scalability_mode.empty()) {
    object["scalabilityMode"] = encoding.scalability_mode;
  }
  if (encoding.max_bitrate_bps) {
    object["maxBitrate"] = *encoding.max_bitrate_bps;
  }
  if (encoding.max_framerate) {
    object["maxFramerate"] = *encoding.max_framerate;
  }
  if (encoding.scale_resolution_down_by) {
    object["scaleResolutionDownBy"] = *encoding.scale_resolution_down_by;
  }
  return object;
}

std::optional<rtp::CodecParameterMap> parse_codec_parameters(const Json& value) {
  if (!value.is_object() || value.size() > kMaxElements) {
    return std::nullopt;
  }
  rtp::CodecParameterMap parameters;
  for (const auto& [name, member] : value.items()) {
    if (member.is_boolean()) {
      parameters.emplace(name, member.get<bool>());
    } else if (member.is_number_integer() && member <= std::numeric_limits<std::int64_t>::max()) {
      parameters.emplace(name, member.get<std::int64_t>());
    } else if (member.is_number()) {
      parameters.emplace(name, member.get<double>());
    } else if (member.is_string()) {
      parameters.emplace(name, member.get<std::string>());
    } else {
      return std::nullopt;
    }
  }
  return parameters;
}

void optional_parameters(JsonFields& fields, rtp::CodecParameterMap& target) {
  if (const Json* member = fields.find("parameters")) {
    auto parameters = parse_codec_parameters(*member);
    if (!parameters) {
      return fields.fail();
    }
    target = std::move(*parameters);
  }
}

std::optional<rtp::RtcpFeedback> parse_feedback(const Json& value) {
  JsonFields fields(value);
  rtp::RtcpFeedback feedback;
  fields.required("type", feedback.type);
  fields.optional("parameter", feedback.parameter);
  return fields.ok() ? std::optional(std::move(feedback)) : std::nullopt;
}

std::optional<rtp::RtpCodecCapability> parse_codec_capability(const Json& value) {
  JsonFields fields(value);
  rtp::RtpCodecCapability codec;
  const auto kind = parse_kind(fields.find("kind") == nullptr ? Json() : *fields.find("kind"));
  if (!kind) {
    return std::nullopt;
  }
  codec.kind = *kind;
  fields.required("mimeType", codec.mime_type);
  fields.required("clockRate", codec.clock_rate);
  fields.optional("preferredPayloadType", codec.preferred_payload_type);
  fields.optional("channels", codec.channels);
  optional_parameters(fields, codec.parameters);
  fields.array("rtcpFeedback", codec.rtcp_feedback, parse_feedback);
  return fields.ok() ? std::optional(std::move(codec)) : std::nullopt;
}

std::optional<rtp::RtpHeaderExtension> parse_extension(const Json& value) {
  JsonFields fields(value);
  rtp::RtpHeaderExtension extension;
  const auto kind = parse_kind(fields.find("kind") == nullptr ? Json() : *fields.find("kind"));
  if (!kind) {
    return std::nullopt;
  }
  extension.kind = *kind;
  fields.required("uri", extension.uri);
  fields.required("preferredId", extension.preferred_id);
  fields.optional("preferredEncrypt", extension.preferred_encrypt);
  optional_name(fields, "direction", kDirections, extension.direction);
  return fields.ok() ? std::optional(std::move(extension)) : std::nullopt;
}

std::optional<rtp::RtpCodecParameters> parse_codec(const Json& value) {
  JsonFields fields(value);
  rtp::RtpCodecParameters codec;
  fields.required("mimeType", codec.mime_type);
  fields.required("payloadType", codec.payload_type);
  fields.required("clockRate", codec.clock_rate);
  fields.optional("channels", codec.channels);
  optional_parameters(fields, codec.parameters);
  fields.array("rtcpFeedback", codec.rtcp_feedback, parse_feedback);
  return fields.ok() ? std::optional(std::move(codec)) : std::nullopt;
}

std::optional<rtp::RtpHeaderExtensionParameters> parse_extension_parameters(const Json& value) {
  JsonFields fields(value);
  rtp::RtpHeaderExtensionParameters extension;
  fields.required("uri", extension.uri);
  fields.required("id", extension.id);
  fields.optional("encrypt", extension.encrypt);
  return fields.ok() ? std::optional(std::move(extension)) : std::nullopt;
}

std::optional<rtp::RtpEncodingParameters> parse_encoding(const Json& value) {
  JsonFields fields(value);
  rtp::RtpEncodingParameters encoding;
  fields.optional("ssrc", encoding.ssrc);
  fields.optional("rid", encoding.rid);
  fields.optional("codecPayloadType", encoding.codec_payload_type);
  fields.optional("dtx", encoding.dtx);
  fields.optional("scalabilityMode", encoding.scalability_mode);
  fields.optional("maxBitrate", encoding.max_bitrate_bps);
  fields.optional("maxFramerate", encoding.max_framerate);
  fields.optional("scaleResolutionDownBy", encoding.scale_resolution_down_by);
  if (const Json* rtx = fields.find("rtx")) {
    JsonFields inner(*rtx);
    inner.required("ssrc", encoding.rtx_ssrc);
    if (!inner.ok()) {
      return std::nullopt;
    }
  }
  return fields.ok() ? std::optional(std::move(encoding)) : std::nullopt;
}

std::optional<sfu::DtlsFingerprint> parse_fingerprint(const Json& value) {
  JsonFields fields(value);
  sfu::DtlsFingerprint fingerprint;
  fields.required("algorithm", fingerprint.algorithm);
  fields.required("value", fingerprint.value);
  return fields.ok() ? std::optional(std::move(fingerprint)) : std::nullopt;
}

}  // namespace

std::string_view kind_name(rtp::MediaKind kind) {
  return kind == rtp::MediaKind::kAudio ? "audio" : "video";
}

Json to_json(const rtp::RtpCapabilities& capabilities) {
  Json codecs = Json::array();
  for (const auto& codec : capabilities.codecs) {
    codecs.push_back(to_json(codec));
  }
  Json extensions = Json::array();
  for (const auto& extension : capabilities.header_extensions) {
    extensions.push_back({{"kind", kind_name(extension.kind)},
                          {"uri", extension.uri},
                          {"preferredId", extension.preferred_id},
                          {"preferredEncrypt", extension.preferred_encrypt},
                          {"direction", name_of(kDirections, extension.direction)}});
  }
  return {{"codecs", std::move(codecs)}, {"headerExtensions", std::move(extensions)}};
}

Json to_json(const rtp::RtpParameters& parameters) {
  Json object = {{"codecs", Json::array()},
                 {"headerExtensions", Json::array()},
                 {"encodings", Json::array()},
                 {"rtcp", {{"reducedSize", parameters.rtcp.reduced_size}}}};
  for (const auto& codec : parameters.codecs) {
    object["codecs"].push_back(to_json(codec));
  }
  for (const auto& extension : parameters.header_extensions) {
    object["headerExtensions"].push_back({{"uri", extension.uri},
                                          {"id", extension.id},
                                          {"encrypt", extension.encrypt},
                                          {"parameters", Json::object()}});
  }
  for (const auto& encoding : parameters.encodings) {
    object["encodings"].push_back(to_json(encoding));
  }
  if (!parameters.rtcp.cname.empty()) {
    object["rtcp"]["cname"] = parameters.rtcp.cname;
  }
  if (!parameters.mid.empty()) {
    object["mid"] = parameters.mid;
  }
  if (!parameters.msid.empty()) {
    object["msid"] = parameters.msid;
  }
  return object;
}

Json to_json(const sfu::IceParameters& parameters) {
  return {{"usernameFragment", parameters.username_fragment},
          {"password", parameters.password},
          {"iceLite", true}};
}

Json to_json(const sfu::IceCandidate& candidate) {
  // `ip` is what clients older than `address` read.
  Json object = {{"foundation", candidate.foundation},
                 {"priority", candidate.priority},
                 {"address", candidate.address},
                 {"ip", candidate.address},
                 {"protocol", candidate.protocol},
                 {"port", candidate.port},
                 {"type", "host"}};
  if (candidate.protocol == "tcp") {
    object["tcpType"] = "passive";
  }
  return object;
}

Json to_json(const sfu::DtlsParameters& parameters) {
  Json fingerprints = Json::array();
  for (const auto& fingerprint : parameters.fingerprints) {
    fingerprints.push_back({{"algorithm", fingerprint.algorithm}, {"value", fingerprint.value}});
  }
  return {{"role", name_of(kDtlsRoles, parameters.role)},
          {"fingerprints", std::move(fingerprints)}};
}

Json to_json(const sfu::Stats& stats) {
  Json array = Json::array();
  for (const auto& entry : stats) {
    Json object = Json::object();
    for (const auto& [name, value] : entry) {
      const std::size_t dot = name.find('.');
      Json& member = dot == std::string::npos ? object[name]
                                              : object[name.substr(0, dot)][name.substr(dot + 1)];
      std::visit([&](const auto& plain) { member = plain; }, value);
    }
    array.push_back(std::move(object));
  }
  return array;
}

std::optional<rtp::MediaKind> parse_kind(const Json& value) {
  if (value == "audio") {
    return rtp::MediaKind::kAudio;
  }
  return value == "video" ? std::optional(rtp::MediaKind::kVideo) : std::nullopt;
}

std::optional<rtp::RtpCapabilities> parse_rtp_capabilities(const Json& value) {
  JsonFields fields(value);
  rtp::RtpCapabilities capabilities;
  fields.array("codecs", capabilities.codecs, parse_codec_capability);
  fields.array("headerExtensions", capabilities.header_extensions, parse_extension);
  const bool sane = fields.ok() && capabilities.codecs.size() <= kMaxElements &&
                    capabilities.header_extensions.size() <= kMaxElements;
  return sane ? std::optional(std::move(capabilities)) : std::nullopt;
}

std::optional<rtp::RtpParameters> parse_rtp_parameters(const Json& value) {
  JsonFields fields(value);
  rtp::RtpParameters parameters;
  fields.optional("mid", parameters.mid);
  fields.optional("msid", parameters.msid);
  fields.array("codecs", parameters.codecs, parse_codec);
  fields.array("headerExtensions", parameters.header_extensions, parse_extension_parameters);
  fields.array("encodings", parameters.encodings, parse_encoding);
  if (const Json* rtcp = fields.find("rtcp")) {
    JsonFields inner(*rtcp);
    inner.optional("cname", parameters.rtcp.cname);
    inner.optional("reducedSize", parameters.rtcp.reduced_size);
    if (!inner.ok()) {
      return std::nullopt;
    }
  }
  const bool sane = fields.ok() && parameters.codecs.size() <= kMaxElements &&
                    parameters.header_extensions.size() <= kMaxElements &&
                    parameters.encodings.size() <= kMaxElements;
  return sane ? std::optional(std::move(parameters)) : std::nullopt;
}

std::optional<sfu::DtlsParameters> parse_dtls_parameters(const Json& value) {
  JsonFields fields(value);
  sfu::DtlsParameters parameters;
  optional_name(fields, "role", kDtlsRoles, parameters.role);
  fields.array("fingerprints", parameters.fingerprints, parse_fingerprint);
  const bool sane = fields.ok() && parameters.fingerprints.size() <= kMaxElements;
  return sane ? std::optional(std::move(parameters)) : std::nullopt;
}

}  // namespace parlance::signaling
