// What forwarding needs to know of a payload, whatever its codec.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "rtp/packet/packet_view.h"

namespace parlance::rtp {

enum class Codec : std::uint8_t { kOther, kOpus, kVp8, kVp9, kH264, kAv1 };

// "video/VP8" and so on, compared without regard to case; kOther for what has no descriptor.
Codec codec_from_mime(std::string_view mime_type);

struct PayloadInfo {
  bool valid = false;             // false: the codec's descriptor could not be read
  bool starts_frame = false;      // may be the first packet of a frame; false: surely is not
  bool starts_key_frame = false;  // first packet of a frame that a decoder can begin with
  std::optional<std::uint8_t> spatial_layer;
  std::optional<std::uint8_t> temporal_layer;

  bool operator==(const PayloadInfo&) const = default;
};

// For audio and unknown codecs every packet is valid and starts a frame, and no key frame exists.
// Stateless: AV1's layers need a DependencyDescriptorReader per stream
// (codec/dependency_descriptor.h).
PayloadInfo describe_payload(Codec codec, const PacketView& packet);

// Whether a consumer of this codec has to begin with a key frame.
constexpr bool needs_key_frame(Codec codec) {
  return codec == Codec::kVp8 || codec == Codec::kVp9 || codec == Codec::kH264 ||
         codec == Codec::kAv1;
}

}  // namespace parlance::rtp
