// VP9 payload descriptor (RFC 9628 section 4.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace parlance::rtp {

struct Vp9Descriptor {
  std::optional<std::uint16_t> picture_id;
  bool long_picture_id = false;  // 15 bits rather than 7
  bool inter_picture_predicted = false;
  bool flexible_mode = false;
  bool starts_layer_frame = false;
  bool ends_layer_frame = false;
  bool not_upper_layer_reference = false;  // Z
  std::optional<std::uint8_t> temporal_layer;
  std::optional<std::uint8_t> spatial_layer;
  bool switching_up_point = false;
  bool inter_layer_dependency = false;
  std::optional<std::uint8_t> tl0_picture_index;
  std::uint8_t spatial_layers = 0;  // from the scalability structure, 0 without one
  std::size_t size = 0;             // of the descriptor, in bytes

  // The first packet of a frame that needs no other picture, in its lowest layer.
  bool starts_key_frame() const {
    return !inter_picture_predicted && starts_layer_frame && spatial_layer.value_or(0) == 0;
  }
};

// Nothing where the payload is shorter than its descriptor or holds nothing behind it.
std::optional<Vp9Descriptor> parse_vp9(std::span<const std::uint8_t> payload);

}  // namespace parlance::rtp
