#include "rtp/codec/codec.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rtp/codec/av1.h"
#include "rtp/codec/h264.h"
#include "rtp/codec/vp8.h"
#include "rtp/codec/vp9.h"

namespace parlance::rtp {

namespace {

constexpr std::array<std::pair<std::string_view, Codec>, 5> kCodecs = {{
    {"audio/opus", Codec::kOpus},
    {"video/vp8", Codec::kVp8},
    {"video/vp9", Codec::kVp9},
    {"video/h264", Codec::kH264},
    {"video/av1", Codec::kAv1},
}};

constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

PayloadInfo describe_vp8(std::span<const std::uint8_t> payload) {
  const auto vp8 = parse_vp8(payload);
  if (!vp8) {
    return {};
  }
  PayloadInfo info;
  info.valid = true;
  info.starts_frame = vp8->starts_partition && vp8->partition == 0;
  info.starts_key_frame = vp8->key_frame;
  info.temporal_layer = vp8->temporal_layer;
  return info;
}

PayloadInfo describe_vp9(std::span<const std::uint8_t> payload) {
  const auto vp9 = parse_vp9(payload);
  if (!vp9) {
    return {};
  }
  PayloadInfo info;
  info.valid = true;
  info.starts_frame = vp9->starts_layer_frame;
  info.starts_key_frame = vp9->starts_key_frame();
  info.spatial_layer = vp9->spatial_layer;
  info.temporal_layer = vp9->temporal_layer;
  return info;
}

PayloadInfo describe_h264(std::span<const std::uint8_t> payload) {
  const auto h264 = parse_h264(payload);
  if (!h264) {
    return {};
  }
  PayloadInfo info;
  info.valid = true;
  info.starts_frame = h264->starts_nal;
  info.starts_key_frame = h264->starts_key_frame();
  return info;
}

PayloadInfo describe_av1(std::span<const std::uint8_t> payload) {
  const auto av1 = parse_av1(payload);
  if (!av1) {
    return {};
  }
  PayloadInfo info;
  info.valid = true;
  info.starts_frame = !av1->continues_obu;
  info.starts_key_frame = av1->starts_key_frame();
  info.spatial_layer = av1->spatial_layer;
  info.temporal_layer = av1->temporal_layer;
  return info;
}

}  // namespace

Codec codec_from_mime(std::string_view mime_type) {
  for (const auto& [name, codec] : kCodecs) {
    if (std::ranges::equal(name, mime_type, {}, {}, to_lower)) {
      return codec;
    }
  }
  return Codec::kOther;
}

PayloadInfo describe_payload(Codec codec, const PacketView& packet) {
  switch (codec) {
    case Codec::kVp8:
      return describe_vp8(packet.payload());
    case Codec::kVp9:
      return describe_vp9(packet.payload());
    case Codec::kH264:
      return describe_h264(packet.payload());
    case Codec::kAv1:
      return describe_av1(packet.payload());
    case Codec::kOpus:
    case Codec::kOther:
      break;
  }
  PayloadInfo info;
  info.valid = true;
  info.starts_frame = true;
  return info;
}

}  // namespace parlance::rtp
