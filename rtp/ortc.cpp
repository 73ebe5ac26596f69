#include "rtp/ortc.h"

#include <algorithm>
#include <bitset>
#include <string_view>

#include "rtp/h264_profile.h"
#include "rtp/ortc_match.h"
#include "rtp/packet/extension_map.h"

namespace parlance::rtp::ortc {

namespace {

const RtpCodecCapability* find_match(const RtpCodecParameters& codec,
                                     const RtpCapabilities& capabilities) {
  const auto found = std::ranges::find_if(capabilities.codecs, [&](const auto& candidate) {
    return is_same_codec(view_of(codec), view_of(candidate));
  });
  return found == capabilities.codecs.end() ? nullptr : &*found;
}

const RtpCodecCapability* find_rtx_for(std::uint8_t payload_type,
                                       const RtpCapabilities& capabilities) {
  const auto found = std::ranges::find_if(capabilities.codecs, [&](const auto& candidate) {
    return is_rtx(candidate.mime_type) &&
           associated_payload_type(candidate.parameters) == payload_type;
  });
  return found == capabilities.codecs.end() ? nullptr : &*found;
}

const RtpCodecParameters* find_payload_type(const std::vector<RtpCodecParameters>& codecs,
                                            std::optional<std::uint8_t> payload_type) {
  const auto found = std::ranges::find_if(
      codecs, [&](const auto& codec) { return codec.payload_type == payload_type; });
  return found == codecs.end() ? nullptr : &*found;
}

// RFC 5761 section 4: 64 to 95 can't be told from RTCP on the same port.
constexpr bool is_usable_payload_type(std::uint8_t type) {
  return type < 64 || (type > 95 && type < 128);
}

std::optional<OrtcError> check_numbers(const RtpParameters& produced) {
  std::bitset<256> payload_types;
  for (const RtpCodecParameters& codec : produced.codecs) {
    if (!is_usable_payload_type(codec.payload_type)) {
      return OrtcError::kBadPayloadType;
    }
    if (payload_types.test(codec.payload_type)) {
      return OrtcError::kDuplicatedPayloadType;
    }
    payload_types.set(codec.payload_type);
  }
  std::bitset<256> ids;
  for (const RtpHeaderExtensionParameters& extension : produced.header_extensions) {
    if (ids.test(extension.id)) {
      return OrtcError::kDuplicatedExtensionId;
    }
    ids.set(extension.id);
  }
  return std::nullopt;
}

std::optional<OrtcError> check_encodings(const std::vector<RtpEncodingParameters>& encodings) {
  if (encodings.empty()) {
    return OrtcError::kNoEncoding;
  }
  if (encodings.size() > 1) {
    return OrtcError::kSeveralEncodings;
  }
  const RtpEncodingParameters& encoding = encodings.front();
  if (encoding.ssrc.value_or(0) == 0) {
    return OrtcError::kMissingSsrc;
  }
  if (encoding.rtx_ssrc && encoding.rtx_ssrc == encoding.ssrc) {
    return OrtcError::kDuplicatedSsrc;
  }
  return std::nullopt;
}

// The router's number for one produced codec; an rtx goes by the media codec that it belongs to.
std::expected<std::uint8_t, OrtcError> router_payload_type(const RtpCodecParameters& codec,
                                                           const RtpParameters& produced,
                                                           const RtpCapabilities& router) {
  if (!is_rtx(codec.mime_type)) {
    const RtpCodecCapability* match = find_match(codec, router);
    if (match == nullptr || !match->preferred_payload_type) {
      return std::unexpected(OrtcError::kUnsupportedCodec);
    }
    return *match->preferred_payload_type;
  }
  const RtpCodecParameters* media =
      find_payload_type(produced.codecs, associated_payload_type(codec.parameters));
  if (media == nullptr || is_rtx(media->mime_type)) {
    return std::unexpected(OrtcError::kNoMediaCodec);
  }
  const RtpCodecCapability* media_match = find_match(*media, router);
  const RtpCodecCapability* match = media_match != nullptr && media_match->preferred_payload_type
                                        ? find_rtx_for(*media_match->preferred_payload_type, router)
                                        : nullptr;
  if (match == nullptr || !match->preferred_payload_type) {
    return std::unexpected(OrtcError::kUnsupportedCodec);
  }
  return *match->preferred_payload_type;
}

RtpCodecParameters as_parameters(const RtpCodecCapability& codec) {
  RtpCodecParameters parameters;
  parameters.mime_type = codec.mime_type;
  parameters.payload_type = codec.preferred_payload_type.value_or(0);
  parameters.clock_rate = codec.clock_rate;
  parameters.channels = codec.channels;
  parameters.parameters = codec.parameters;
  parameters.rtcp_feedback = codec.rtcp_feedback;
  return parameters;
}

void add_consumable_codec(const RtpCodecParameters& produced,
                          const RtpCapabilities& router,
                          RtpParameters& consumable) {
  const RtpCodecCapability* match = find_match(produced, router);
  if (match == nullptr || !match->preferred_payload_type) {
    return;
  }
  RtpCodecParameters codec = as_parameters(*match);
  codec.parameters = produced.parameters;
  if (const auto level = answer_profile_level_id(produced.parameters, match->parameters);
      level && produced.parameters.contains("profile-level-id")) {
    codec.parameters["profile-level-id"] = *level;
  }
  consumable.codecs.push_back(std::move(codec));
  if (const auto* rtx = find_rtx_for(*match->preferred_payload_type, router)) {
    consumable.codecs.push_back(as_parameters(*rtx));
  }
}

bool has_extension(const RtpParameters& parameters, ExtensionKind kind) {
  return std::ranges::any_of(parameters.header_extensions, [&](const auto& extension) {
    return extension.uri == extension_uri(kind);
  });
}

void remove_feedback(RtpParameters& parameters, std::string_view type) {
  for (RtpCodecParameters& codec : parameters.codecs) {
    std::erase_if(codec.rtcp_feedback, [&](const RtcpFeedback& f) { return f.type == type; });
  }
}

// One way of bandwidth estimation, the best that the agreed extensions allow.
void keep_one_bandwidth_feedback(RtpParameters& parameters) {
  if (has_extension(parameters, ExtensionKind::kTransportSequence)) {
    remove_feedback(parameters, "goog-remb");
  } else if (has_extension(parameters, ExtensionKind::kAbsSendTime)) {
    remove_feedback(parameters, "transport-cc");
  } else {
    remove_feedback(parameters, "transport-cc");
    remove_feedback(parameters, "goog-remb");
  }
}

std::vector<RtpCodecParameters> consumer_codecs(const RtpParameters& consumable,
                                                const RtpCapabilities& consumer,
                                                bool enable_rtx) {
  std::vector<RtpCodecParameters> codecs;
  for (const RtpCodecParameters& codec : consumable.codecs) {
    const RtpCodecCapability* match = find_match(codec, consumer);
    if (match == nullptr || (is_rtx(codec.mime_type) && !enable_rtx)) {
      continue;
    }
    RtpCodecParameters& kept = codecs.emplace_back(codec);
    kept.rtcp_feedback = match->rtcp_feedback;
    if (!enable_rtx) {
      std::erase(kept.rtcp_feedback, RtcpFeedback{"nack", ""});
    }
  }
  const std::vector<RtpCodecParameters> before = codecs;
  std::erase_if(codecs, [&](const RtpCodecParameters& codec) {
    return is_rtx(codec.mime_type) &&
           find_payload_type(before, associated_payload_type(codec.parameters)) == nullptr;
  });
  return codecs;
}

RtpEncodingParameters consumer_encoding(const RtpParameters& consumable,
                                        const ConsumerNumbers& numbers,
                                        bool has_rtx) {
  RtpEncodingParameters encoding;
  encoding.ssrc = numbers.ssrc;
  if (has_rtx) {
    encoding.rtx_ssrc = numbers.rtx_ssrc;
  }
  for (const RtpEncodingParameters& produced : consumable.encodings) {
    encoding.scalability_mode =
        consumable.encodings.size() == 1 ? produced.scalability_mode : std::string();
    if (produced.max_bitrate_bps) {
      encoding.max_bitrate_bps =
          std::max(encoding.max_bitrate_bps.value_or(0), *produced.max_bitrate_bps);
    }
  }
  return encoding;
}

}  // namespace

std::string to_string(OrtcError error) {
  switch (error) {
    case OrtcError::kUnsupportedCodec:
      return "the router has no such codec";
    case OrtcError::kNoMediaCodec:
      return "no media codec, or an rtx codec without the one it belongs to";
    case OrtcError::kDuplicatedPayloadType:
      return "two codecs have the same payload type";
    case OrtcError::kBadPayloadType:
      return "a payload type is above 127 or between 64 and 95";
    case OrtcError::kDuplicatedExtensionId:
      return "two header extensions have the same id";
    case OrtcError::kNoEncoding:
      return "no encoding";
    case OrtcError::kSeveralEncodings:
      return "several encodings (simulcast) are not supported";
    case OrtcError::kMissingSsrc:
      return "the encoding has no ssrc";
    case OrtcError::kDuplicatedSsrc:
      return "media and rtx share an ssrc";
    case OrtcError::kCannotConsume:
      return "the capabilities hold no codec of the producer";
  }
  return "unknown";
}

bool is_of_kind(MediaKind kind, const RtpParameters& parameters) {
  return std::ranges::all_of(parameters.codecs, [&](const RtpCodecParameters& codec) {
    return kind_of(codec.mime_type) == kind;
  });
}

std::expected<RtpMapping, OrtcError> producer_mapping(const RtpParameters& produced,
                                                      const RtpCapabilities& router,
                                                      Ssrc first_ssrc) {
  if (produced.codecs.empty() || is_rtx(produced.codecs.front().mime_type)) {
    return std::unexpected(OrtcError::kNoMediaCodec);
  }
  if (const auto error = check_numbers(produced)) {
    return std::unexpected(*error);
  }
  if (const auto error = check_encodings(produced.encodings)) {
    return std::unexpected(*error);
  }
  RtpMapping mapping;
  for (const RtpCodecParameters& codec : produced.codecs) {
    const auto payload_type = router_payload_type(codec, produced, router);
    if (!payload_type) {
      return std::unexpected(payload_type.error());
    }
    mapping.codecs.push_back({codec.payload_type, *payload_type});
  }
  for (const RtpEncodingParameters& encoding : produced.encodings) {
    mapping.encodings.push_back(
        {encoding.ssrc, encoding.rid, encoding.scalability_mode, first_ssrc++});
  }
  return mapping;
}

RtpParameters consumable_parameters(MediaKind kind,
                                    const RtpParameters& produced,
                                    const RtpCapabilities& router,
                                    const RtpMapping& mapping) {
  RtpParameters consumable;
  for (const RtpCodecParameters& codec : produced.codecs) {
    if (!is_rtx(codec.mime_type)) {
      add_consumable_codec(codec, router, consumable);
    }
  }
  for (const RtpHeaderExtension& extension : router.header_extensions) {
    const bool is_sent = extension.direction == ExtensionDirection::kSendRecv ||
                         extension.direction == ExtensionDirection::kSendOnly;
    // Promised to a consumer but never there, it would make browsers wait for capture times.
    const bool is_missing = extension.uri == extension_uri(ExtensionKind::kAbsCaptureTime) &&
                            !has_extension(produced, ExtensionKind::kAbsCaptureTime);
    if (extension.kind == kind && is_sent && !is_missing) {
      consumable.header_extensions.push_back(
          {extension.uri, extension.preferred_id, extension.preferred_encrypt});
    }
  }
  for (std::size_t i = 0; i < produced.encodings.size() && i < mapping.encodings.size(); ++i) {
    RtpEncodingParameters encoding = produced.encodings[i];
    encoding.rid.clear();
    encoding.rtx_ssrc.reset();
    encoding.codec_payload_type.reset();
    encoding.ssrc = mapping.encodings[i].mapped_ssrc;
    consumable.encodings.push_back(std::move(encoding));
  }
  consumable.rtcp = {produced.rtcp.cname, true};
  consumable.msid = produced.msid;
  return consumable;
}

bool can_consume(const RtpParameters& consumable, const RtpCapabilities& consumer) {
  return std::ranges::any_of(consumable.codecs, [&](const RtpCodecParameters& codec) {
    return !is_rtx(codec.mime_type) && find_match(codec, consumer) != nullptr;
  });
}

std::expected<RtpParameters, OrtcError> consumer_parameters(const RtpParameters& consumable,
                                                            const RtpCapabilities& consumer,
                                                            const ConsumerNumbers& numbers,
                                                            bool enable_rtx) {
  RtpParameters parameters;
  parameters.codecs = consumer_codecs(consumable, consumer, enable_rtx);
  if (parameters.codecs.empty() || is_rtx(parameters.codecs.front().mime_type)) {
    return std::unexpected(OrtcError::kCannotConsume);
  }
  for (const RtpHeaderExtensionParameters& extension : consumable.header_extensions) {
    const bool is_known = std::ranges::any_of(consumer.header_extensions, [&](const auto& known) {
      return known.uri == extension.uri && known.preferred_id == extension.id;
    });
    if (is_known) {
      parameters.header_extensions.push_back(extension);
    }
  }
  keep_one_bandwidth_feedback(parameters);
  const bool has_rtx = std::ranges::any_of(
      parameters.codecs, [](const auto& codec) { return is_rtx(codec.mime_type); });
  parameters.encodings.push_back(consumer_encoding(consumable, numbers, has_rtx));
  parameters.mid = numbers.mid;
  parameters.rtcp = consumable.rtcp;
  parameters.msid = consumable.msid;
  return parameters;
}

}  // namespace parlance::rtp::ortc
