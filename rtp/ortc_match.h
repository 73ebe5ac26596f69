// Whether two descriptions of a codec mean the same one. Internal to negotiation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rtp/parameters.h"

namespace parlance::rtp::ortc {

// What capabilities and parameters have in common.
struct CodecView {
  const std::string& mime_type;
  std::uint32_t clock_rate = 0;
  std::optional<std::uint8_t> channels;
  const CodecParameterMap& parameters;
};

inline CodecView view_of(const RtpCodecCapability& codec) {
  return {codec.mime_type, codec.clock_rate, codec.channels, codec.parameters};
}

inline CodecView view_of(const RtpCodecParameters& codec) {
  return {codec.mime_type, codec.clock_rate, codec.channels, codec.parameters};
}

bool is_rtx(std::string_view mime_type);

// Nothing for what is neither "audio/..." nor "video/...".
std::optional<MediaKind> kind_of(std::string_view mime_type);

// MIME type, clock rate and channels, and what makes streams of the codec incompatible: H264's
// packetization-mode and profile, VP9's profile-id, AV1's profile.
bool is_same_codec(const CodecView& a, const CodecView& b);

// The payload type that an rtx codec retransmits for; nothing where it doesn't say.
std::optional<std::uint8_t> associated_payload_type(const CodecParameterMap& parameters);

}  // namespace parlance::rtp::ortc
