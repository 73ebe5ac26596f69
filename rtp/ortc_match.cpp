#include "rtp/ortc_match.h"

#include <algorithm>

#include "rtp/codec/codec.h"
#include "rtp/codec_parameter.h"
#include "rtp/h264_profile.h"

namespace parlance::rtp::ortc {

namespace {

constexpr std::uint8_t kMono = 1;
constexpr std::int64_t kMaxPayloadType = 127;

constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

bool same_number(const CodecView& a, const CodecView& b, std::string_view name) {
  return parameter_number(a.parameters, name, 0) == parameter_number(b.parameters, name, 0);
}

}  // namespace

bool is_rtx(std::string_view mime_type) {
  constexpr std::string_view kRtx = "/rtx";
  return mime_type.size() >= kRtx.size() &&
         equal_ignoring_case(mime_type.substr(mime_type.size() - kRtx.size()), kRtx);
}

std::optional<MediaKind> kind_of(std::string_view mime_type) {
  const std::string_view type = mime_type.substr(0, mime_type.find('/'));
  if (equal_ignoring_case(type, "audio")) {
    return MediaKind::kAudio;
  }
  if (equal_ignoring_case(type, "video")) {
    return MediaKind::kVideo;
  }
  return std::nullopt;
}

bool is_same_codec(const CodecView& a, const CodecView& b) {
  if (!equal_ignoring_case(a.mime_type, b.mime_type) || a.clock_rate != b.clock_rate ||
      a.channels.value_or(kMono) != b.channels.value_or(kMono)) {
    return false;
  }
  switch (codec_from_mime(a.mime_type)) {
    case Codec::kH264:
      // RFC 6184 section 8.2.2: these two configure the stream, and have to be symmetric.
      return same_number(a, b, "packetization-mode") &&
             is_same_h264_profile(a.parameters, b.parameters);
    case Codec::kVp9:
      return same_number(a, b, "profile-id");  // RFC 9628 section 7.1
    case Codec::kAv1:
      return same_number(a, b, "profile");  // AV1 RTP specification section 7.2
    case Codec::kVp8:
    case Codec::kOpus:
    case Codec::kOther:
      break;
  }
  return true;
}

std::optional<std::uint8_t> associated_payload_type(const CodecParameterMap& parameters) {
  const std::int64_t type = parameter_number(parameters, "apt", -1);
  if (type < 0 || type > kMaxPayloadType) {
    return std::nullopt;
  }
  return static_cast<std::uint8_t>(type);
}

}  // namespace parlance::rtp::ortc
