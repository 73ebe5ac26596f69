// AV1 payloads: aggregation header and OBU elements (AV1 RTP specification v1.0, section 4.4).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace parlance::rtp {

struct Av1Payload {
  bool continues_obu = false;    // Z: the first element goes on from the packet before
  bool continued = false;        // Y: the last element goes on in the next packet
  bool starts_sequence = false;  // N: first packet of a coded video sequence, a key frame
  bool has_sequence_header = false;
  std::optional<std::uint8_t> spatial_layer;  // where the first whole OBU has an extension header
  std::optional<std::uint8_t> temporal_layer;

  bool starts_key_frame() const { return starts_sequence; }
};

// Nothing where the elements don't fill the payload exactly, or N and Z are both set (4.4 forbids
// it).
std::optional<Av1Payload> parse_av1(std::span<const std::uint8_t> payload);

}  // namespace parlance::rtp
