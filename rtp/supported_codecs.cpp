// The router's capabilities: the table of codecs and header extensions that this server forwards.
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "rtp/ortc.h"
#include "rtp/packet/extension_map.h"

namespace parlance::rtp::ortc {

namespace {

constexpr std::uint8_t kFirstPayloadType = 100;
constexpr std::uint32_t kVideoClockRate = 90000;

// With several codecs a client takes the first that it can send, so the order is a preference: VP8
// costs browsers the least and every one has it.
std::vector<std::pair<std::string, CodecParameterMap>> video_codecs() {
  // The level only bounds what a browser sends where it disallows asymmetry.
  const auto h264 = [](std::string profile_level_id) {
    return CodecParameterMap{{"packetization-mode", std::int64_t{1}},
                             {"level-asymmetry-allowed", std::int64_t{1}},
                             {"profile-level-id", std::move(profile_level_id)}};
  };
  return {
      {"video/VP8", {}},
      {"video/VP9", {{"profile-id", std::int64_t{0}}}},
      {"video/VP9", {{"profile-id", std::int64_t{2}}}},
      {"video/H264", h264("42e01f")},
      {"video/H264", h264("4d0032")},
      {"video/H264", h264("640032")},
      {"video/AV1", {}},
  };
}

RtpCodecCapability opus(std::uint8_t payload_type) {
  RtpCodecCapability codec;
  codec.kind = MediaKind::kAudio;
  codec.mime_type = "audio/opus";
  codec.preferred_payload_type = payload_type;
  codec.clock_rate = 48000;
  codec.channels = std::uint8_t{2};
  codec.rtcp_feedback = {{"nack", ""}, {"transport-cc", ""}};
  return codec;
}

RtpCodecCapability video(std::string mime_type,
                         CodecParameterMap parameters,
                         std::uint8_t payload_type) {
  RtpCodecCapability codec;
  codec.kind = MediaKind::kVideo;
  codec.mime_type = std::move(mime_type);
  codec.preferred_payload_type = payload_type;
  codec.clock_rate = kVideoClockRate;
  codec.parameters = std::move(parameters);
  return codec;
}

struct Extension {
  ExtensionKind kind;
  MediaKind media;
  ExtensionDirection direction;
};

constexpr auto kAudio = MediaKind::kAudio;
constexpr auto kVideo = MediaKind::kVideo;
constexpr auto kBoth = ExtensionDirection::kSendRecv;
constexpr auto kOnlyReceived = ExtensionDirection::kRecvOnly;

// Audio goes out without transport-cc: it is outside the bandwidth estimate towards consumers.
constexpr std::array kExtensions = {
    Extension{ExtensionKind::kMid, kAudio, kBoth},
    Extension{ExtensionKind::kMid, kVideo, kBoth},
    Extension{ExtensionKind::kRid, kVideo, kOnlyReceived},
    Extension{ExtensionKind::kRepairedRid, kVideo, kOnlyReceived},
    Extension{ExtensionKind::kAbsSendTime, kAudio, kBoth},
    Extension{ExtensionKind::kAbsSendTime, kVideo, kBoth},
    Extension{ExtensionKind::kTransportSequence, kAudio, kOnlyReceived},
    Extension{ExtensionKind::kTransportSequence, kVideo, kBoth},
    Extension{ExtensionKind::kAudioLevel, kAudio, kBoth},
    Extension{ExtensionKind::kDependencyDescriptor, kVideo, kOnlyReceived},
    Extension{ExtensionKind::kVideoOrientation, kVideo, kBoth},
    Extension{ExtensionKind::kTimeOffset, kVideo, kBoth},
    Extension{ExtensionKind::kAbsCaptureTime, kAudio, kBoth},
    Extension{ExtensionKind::kAbsCaptureTime, kVideo, kBoth},
    Extension{ExtensionKind::kPlayoutDelay, kAudio, kBoth},
    Extension{ExtensionKind::kPlayoutDelay, kVideo, kBoth},
    Extension{ExtensionKind::kPacketId, kAudio, kBoth},
    Extension{ExtensionKind::kPacketId, kVideo, kBoth},
};

RtpCapabilities make_capabilities() {
  RtpCapabilities capabilities;
  std::uint8_t payload_type = kFirstPayloadType;
  capabilities.codecs.push_back(opus(payload_type++));
  for (auto& [mime_type, parameters] : video_codecs()) {
    const std::uint8_t apt = payload_type++;
    RtpCodecCapability media = video(mime_type, parameters, apt);
    media.rtcp_feedback = {
        {"nack", ""}, {"nack", "pli"}, {"ccm", "fir"}, {"goog-remb", ""}, {"transport-cc", ""}};
    capabilities.codecs.push_back(std::move(media));
    capabilities.codecs.push_back(video("video/rtx", {{"apt", std::int64_t{apt}}}, payload_type++));
  }
  for (const auto& [kind, media, direction] : kExtensions) {
    RtpHeaderExtension extension;
    extension.kind = media;
    extension.uri = extension_uri(kind);
    extension.preferred_id = static_cast<std::uint8_t>(kind);
    extension.direction = direction;
    capabilities.header_extensions.push_back(std::move(extension));
  }
  return capabilities;
}

}  // namespace

const RtpCapabilities& router_capabilities() {
  static const RtpCapabilities capabilities = make_capabilities();
  return capabilities;
}

}  // namespace parlance::rtp::ortc
