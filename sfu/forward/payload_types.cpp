#include "sfu/forward/payload_types.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace parlance::sfu {

namespace {

bool is_rtx(std::string_view mime_type) {
  const std::size_t slash = mime_type.find('/');
  if (slash == std::string_view::npos) {
    return false;
  }
  const std::string_view name = mime_type.substr(slash + 1);
  return std::ranges::equal(name, std::string_view("rtx"), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == b;
  });
}

}  // namespace

std::optional<std::uint8_t> associated_payload_type(const rtp::RtpCodecParameters& codec) {
  const auto found = codec.parameters.find(std::string_view("apt"));
  if (!is_rtx(codec.mime_type) || found == codec.parameters.end()) {
    return std::nullopt;
  }
  const auto* number = std::get_if<std::int64_t>(&found->second);
  return number != nullptr && *number >= 0 && *number <= 127
             ? std::optional(static_cast<std::uint8_t>(*number))
             : std::nullopt;
}

bool has_feedback(const rtp::RtpCodecParameters& codec,
                  std::string_view type,
                  std::string_view parameter) {
  return std::ranges::any_of(codec.rtcp_feedback, [&](const rtp::RtcpFeedback& feedback) {
    return feedback.type == type && feedback.parameter == parameter;
  });
}

PayloadTypes::PayloadTypes(const rtp::RtpParameters& parameters, const rtp::RtpMapping& mapping) {
  bool primary_found = false;
  for (const rtp::RtpCodecParameters& codec : parameters.codecs) {
    const std::uint8_t number = codec.payload_type & 0x7FU;
    PayloadType& type = types_[number];
    type.clock_rate = codec.clock_rate;
    if (is_rtx(codec.mime_type)) {
      if (const auto media = associated_payload_type(codec)) {
        type.use = PayloadType::Use::kRtx;
        type.media_number = *media;
      }
      continue;
    }
    const auto mapped = std::ranges::find(
        mapping.codecs, codec.payload_type, &rtp::RtpMapping::Codec::payload_type);
    if (mapped == mapping.codecs.end()) {
      continue;
    }
    type.use = PayloadType::Use::kMedia;
    type.codec = rtp::codec_from_mime(codec.mime_type);
    type.router_number = mapped->mapped_payload_type;
    if (!primary_found) {
      primary_ = number;
      primary_found = true;
    }
  }
}

}  // namespace parlance::sfu
