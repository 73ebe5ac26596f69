// VP8 payload descriptor (RFC 7741 section 4.2).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace parlance::rtp {

struct Vp8Descriptor {
  bool non_reference = false;
  bool starts_partition = false;
  std::uint8_t partition = 0;
  std::optional<std::uint16_t> picture_id;
  bool long_picture_id = false;  // 15 bits rather than 7
  std::optional<std::uint8_t> tl0_picture_index;
  std::optional<std::uint8_t> temporal_layer;
  bool layer_sync = false;  // Y: depends on the base layer only
  std::optional<std::uint8_t> key_index;
  bool key_frame = false;  // known at the start of the first partition only
  std::size_t size = 0;    // of the descriptor, in bytes
};

// Nothing where the payload is shorter than its descriptor or holds nothing behind it.
std::optional<Vp8Descriptor> parse_vp8(std::span<const std::uint8_t> payload);

}  // namespace parlance::rtp
