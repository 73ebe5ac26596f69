// What two sides of a media session agree on, in mediasoup's shapes so that its client works
// unchanged.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace parlance::rtp {

using Ssrc = std::uint32_t;

enum class MediaKind : std::uint8_t { kAudio, kVideo };

// From the router's side: kRecvOnly means that browsers may send it and the router never does.
enum class ExtensionDirection : std::uint8_t { kSendRecv, kSendOnly, kRecvOnly, kInactive };

// A codec parameter (the fmtp line): a number, a text or a flag, kept as it was given.
using ParameterValue = std::variant<std::int64_t, std::string, bool, double>;
using CodecParameterMap = std::map<std::string, ParameterValue, std::less<>>;

struct RtcpFeedback {
  std::string type;       // "nack", "ccm", "transport-cc", ...
  std::string parameter;  // "pli", "fir" or empty

  bool operator==(const RtcpFeedback&) const = default;
};

struct RtpCodecCapability {
  MediaKind kind = MediaKind::kAudio;
  std::string mime_type;  // "video/VP8"; compared without regard to case
  std::optional<std::uint8_t> preferred_payload_type;
  std::uint32_t clock_rate = 0;
  std::optional<std::uint8_t> channels;  // audio only
  CodecParameterMap parameters;
  std::vector<RtcpFeedback> rtcp_feedback;

  bool operator==(const RtpCodecCapability&) const = default;
};

struct RtpHeaderExtension {
  MediaKind kind = MediaKind::kAudio;
  std::string uri;
  std::uint8_t preferred_id = 0;
  bool preferred_encrypt = false;
  ExtensionDirection direction = ExtensionDirection::kSendRecv;

  bool operator==(const RtpHeaderExtension&) const = default;
};

struct RtpCapabilities {
  std::vector<RtpCodecCapability> codecs;
  std::vector<RtpHeaderExtension> header_extensions;
};

struct RtpCodecParameters {
  std::string mime_type;
  std::uint8_t payload_type = 0;
  std::uint32_t clock_rate = 0;
  std::optional<std::uint8_t> channels;
  CodecParameterMap parameters;
  std::vector<RtcpFeedback> rtcp_feedback;

  bool operator==(const RtpCodecParameters&) const = default;
};

struct RtpHeaderExtensionParameters {
  std::string uri;
  std::uint8_t id = 0;
  bool encrypt = false;

  bool operator==(const RtpHeaderExtensionParameters&) const = default;
};

struct RtpEncodingParameters {
  std::optional<Ssrc> ssrc;  // absent with simulcast, where the rid names the stream
  std::string rid;
  std::optional<Ssrc> rtx_ssrc;
  std::optional<std::uint8_t> codec_payload_type;
  bool dtx = false;
  std::string scalability_mode;  // "L1T3", "" for none
  std::optional<std::uint32_t> max_bitrate_bps;
  std::optional<double> max_framerate;
  std::optional<double> scale_resolution_down_by;

  bool operator==(const RtpEncodingParameters&) const = default;
};

struct RtcpParameters {
  std::string cname;
  bool reduced_size = true;

  bool operator==(const RtcpParameters&) const = default;
};

struct RtpParameters {
  std::string mid;
  std::vector<RtpCodecParameters> codecs;  // media codecs, each followed by its rtx if it has one
  std::vector<RtpHeaderExtensionParameters> header_extensions;
  std::vector<RtpEncodingParameters> encodings;
  RtcpParameters rtcp;
  std::string msid;

  bool operator==(const RtpParameters&) const = default;
};

// How a producer's own numbers become the router's, applied once to each received packet.
struct RtpMapping {
  struct Codec {
    std::uint8_t payload_type = 0;         // the publisher's
    std::uint8_t mapped_payload_type = 0;  // the router's
  };

  struct Encoding {
    std::optional<Ssrc> ssrc;
    std::string rid;
    std::string scalability_mode;
    Ssrc mapped_ssrc = 0;
  };

  std::vector<Codec> codecs;
  std::vector<Encoding> encodings;
};

}  // namespace parlance::rtp
