#include "rtp/codec/vp9.h"

#include "base/byte_reader.h"

namespace parlance::rtp {

namespace {

constexpr unsigned kMaxReferences = 3;  // RFC 9628 section 4.2, P_DIFF

// Up to three references of one byte each, N tells whether another one follows.
bool skip_references(ByteReader& in) {
  for (unsigned i = 0; i < kMaxReferences; ++i) {
    if ((in.u8() & 0x01U) == 0) {
      return true;
    }
  }
  return false;
}

// RFC 9628 section 4.2.1:
//
//      +-+-+-+-+-+-+-+-+
// V:   | N_S |Y|G|-|-|-|
//      +-+-+-+-+-+-+-+-+              -\           .
// Y:   |     WIDTH     | (OPTIONAL)    .           .
//      +               +               .           .
//      |               | (OPTIONAL)    .           .
//      +-+-+-+-+-+-+-+-+               . - N_S + 1 times
//      |     HEIGHT    | (OPTIONAL)    .           .
//      +               +               .           .
//      |               | (OPTIONAL)    .           .
//      +-+-+-+-+-+-+-+-+              -/           .
// G:   |      N_G      | (OPTIONAL)
//      +-+-+-+-+-+-+-+-+                            -\.
// N_G: |  T  |U| R |-|-| (OPTIONAL)                  .
//      +-+-+-+-+-+-+-+-+              -\             . - N_G times
//      |    P_DIFF     | (OPTIONAL)    . - R times   .
//      +-+-+-+-+-+-+-+-+              -/            -/.
std::uint8_t read_scalability_structure(ByteReader& in) {
  const std::uint8_t first = in.u8();
  const auto layers = static_cast<std::uint8_t>((first >> 5U) + 1U);
  if ((first & 0x10U) != 0) {
    in.skip(4UL * layers);
  }
  const unsigned pictures = (first & 0x08U) != 0 ? in.u8() : 0U;
  for (unsigned i = 0; i < pictures && in.ok(); ++i) {
    in.skip(in.u8() >> 2U & 0x03U);
  }
  return layers;
}

}  // namespace

// RFC 9628 section 4.2, non-flexible (F=0) and flexible (F=1) mode:
//
//      0 1 2 3 4 5 6 7                   0 1 2 3 4 5 6 7
//     +-+-+-+-+-+-+-+-+                 +-+-+-+-+-+-+-+-+
//     |I|P|L|F|B|E|V|Z| (REQUIRED)      |I|P|L|F|B|E|V|Z| (REQUIRED)
//     +-+-+-+-+-+-+-+-+                 +-+-+-+-+-+-+-+-+
// I:  |M| PICTURE ID  | (RECOMMENDED)   |M| PICTURE ID  | (REQUIRED)
//     +-+-+-+-+-+-+-+-+                 +-+-+-+-+-+-+-+-+
// M:  | EXTENDED PID  | (RECOMMENDED)   | EXTENDED PID  | (RECOMMENDED)
//     +-+-+-+-+-+-+-+-+                 +-+-+-+-+-+-+-+-+
// L:  | TID |U| SID |D| (Conditional)   | TID |U| SID |D| (Conditional)
//     +-+-+-+-+-+-+-+-+                 +-+-+-+-+-+-+-+-+        -.
//     |   TL0PICIDX   | (Conditional)   |    P_DIFF   |N|         . - up to 3 times, P and F
//     +-+-+-+-+-+-+-+-+                 +-+-+-+-+-+-+-+-+        -.
// V:  | SS            |                 | SS            |
//     | ..            |                 | ..            |
//     +-+-+-+-+-+-+-+-+                 +-+-+-+-+-+-+-+-+
std::optional<Vp9Descriptor> parse_vp9(std::span<const std::uint8_t> payload) {
  ByteReader in(payload);
  Vp9Descriptor descriptor;
  const std::uint8_t first = in.u8();
  descriptor.inter_picture_predicted = (first & 0x40U) != 0;
  descriptor.flexible_mode = (first & 0x10U) != 0;
  descriptor.starts_layer_frame = (first & 0x08U) != 0;
  descriptor.ends_layer_frame = (first & 0x04U) != 0;
  descriptor.not_upper_layer_reference = (first & 0x01U) != 0;
  if ((first & 0x80U) != 0) {
    const std::uint8_t id = in.u8();
    descriptor.long_picture_id = (id & 0x80U) != 0;
    descriptor.picture_id =
        descriptor.long_picture_id ? static_cast<std::uint16_t>((id & 0x7FU) << 8U | in.u8()) : id;
  }
  if ((first & 0x20U) != 0) {
    const std::uint8_t layers = in.u8();
    descriptor.temporal_layer = static_cast<std::uint8_t>(layers >> 5U);
    descriptor.switching_up_point = (layers & 0x10U) != 0;
    descriptor.spatial_layer = static_cast<std::uint8_t>(layers >> 1U & 0x07U);
    descriptor.inter_layer_dependency = (layers & 0x01U) != 0;
    if (!descriptor.flexible_mode) {
      descriptor.tl0_picture_index = in.u8();
    }
  }
  if (descriptor.flexible_mode && descriptor.inter_picture_predicted && !skip_references(in)) {
    return std::nullopt;
  }
  if ((first & 0x02U) != 0) {
    descriptor.spatial_layers = read_scalability_structure(in);
  }
  descriptor.size = in.position();
  if (!in.ok() || in.remaining() == 0) {
    return std::nullopt;
  }
  return descriptor;
}

}  // namespace parlance::rtp
