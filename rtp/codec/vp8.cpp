#include "rtp/codec/vp8.h"

#include "base/byte_reader.h"

namespace parlance::rtp {

// RFC 7741 section 4.2; the header of the first partition (section 4.3) begins with P, 0 in key
// frames:
//
//       0 1 2 3 4 5 6 7
//      +-+-+-+-+-+-+-+-+
//      |X|R|N|S|R| PID | (REQUIRED)
//      +-+-+-+-+-+-+-+-+
// X:   |I|L|T|K| RSV   | (OPTIONAL)
//      +-+-+-+-+-+-+-+-+
// I:   |M| PictureID   | (OPTIONAL)
//      +-+-+-+-+-+-+-+-+
//      |   PictureID   |
//      +-+-+-+-+-+-+-+-+
// L:   |   TL0PICIDX   | (OPTIONAL)
//      +-+-+-+-+-+-+-+-+
// T/K: |TID|Y| KEYIDX  | (OPTIONAL)
//      +-+-+-+-+-+-+-+-+
std::optional<Vp8Descriptor> parse_vp8(std::span<const std::uint8_t> payload) {
  ByteReader in(payload);
  Vp8Descriptor descriptor;
  const std::uint8_t first = in.u8();
  descriptor.non_reference = (first & 0x20U) != 0;
  descriptor.starts_partition = (first & 0x10U) != 0;
  descriptor.partition = first & 0x07U;
  const std::uint8_t extension = (first & 0x80U) != 0 ? in.u8() : std::uint8_t{0};
  if ((extension & 0x80U) != 0) {
    const std::uint8_t id = in.u8();
    descriptor.long_picture_id = (id & 0x80U) != 0;
    descriptor.picture_id =
        descriptor.long_picture_id ? static_cast<std::uint16_t>((id & 0x7FU) << 8U | in.u8()) : id;
  }
  if ((extension & 0x40U) != 0) {
    descriptor.tl0_picture_index = in.u8();
  }
  if ((extension & 0x30U) != 0) {
    const std::uint8_t layers = in.u8();
    if ((extension & 0x20U) != 0) {
      descriptor.temporal_layer = static_cast<std::uint8_t>(layers >> 6U);
      descriptor.layer_sync = (layers & 0x20U) != 0;
    }
    if ((extension & 0x10U) != 0) {
      descriptor.key_index = layers & 0x1FU;
    }
  }
  descriptor.size = in.position();
  const std::uint8_t header = in.u8();
  if (!in.ok()) {
    return std::nullopt;
  }
  descriptor.key_frame =
      descriptor.starts_partition && descriptor.partition == 0 && (header & 0x01U) == 0;
  return descriptor;
}

}  // namespace parlance::rtp
