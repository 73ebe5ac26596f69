// H264 payloads as browsers send them (RFC 6184): single NAL units, STAP-A, FU-A.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace parlance::rtp {

struct H264Payload {
  bool starts_nal = true;  // false in the later fragments of a NAL unit
  bool has_sps = false;    // sequence parameter set, at its beginning
  bool has_pps = false;
  bool has_idr = false;  // slice of an IDR picture, at its beginning

  // Where decoding can begin. Encoders in browsers put the parameter sets in front of each IDR
  // picture; beginning with the IDR slice itself would leave the decoder without them.
  bool starts_key_frame() const { return has_sps; }
};

// Nothing for packet types that packetization-mode 1 doesn't have, and for lengths that don't add
// up.
std::optional<H264Payload> parse_h264(std::span<const std::uint8_t> payload);

}  // namespace parlance::rtp
