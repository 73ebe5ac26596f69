#include "bench/load/rtp_header.h"

#include "base/byte_reader.h"

namespace parlance::load {

namespace {

constexpr std::uint16_t kOneByteExtensions = 0xBEDE;  // RFC 8285, section 4.2
constexpr std::uint16_t kTwoByteExtensions = 0x1000;  // section 4.3

std::optional<std::uint16_t> find_u16(std::span<const std::uint8_t> elements,
                                      bool two_byte,
                                      std::uint8_t wanted) {
  std::size_t at = 0;
  while (at + 1 < elements.size()) {
    if (elements[at] == 0) {
      ++at;
      continue;
    }
    const unsigned id = two_byte ? elements[at] : elements[at] >> 4U;
    const std::size_t size = two_byte ? elements[at + 1] : (elements[at] & 0x0FU) + std::size_t{1};
    at += two_byte ? 2 : 1;
    if (id == wanted && size >= 2 && at + 2 <= elements.size()) {
      return static_cast<std::uint16_t>(elements[at] << 8U | elements[at + 1]);
    }
    at += size;
  }
  return std::nullopt;
}

}  // namespace

std::optional<RtpHeader> read_rtp_header(std::span<const std::uint8_t> packet,
                                         std::uint8_t transport_cc_id) {
  ByteReader reader(packet);
  const std::uint8_t first = reader.u8();
  const std::uint8_t second = reader.u8();
  RtpHeader header;
  header.marker = (second & 0x80U) != 0;
  header.payload_type = second & 0x7FU;
  header.sequence = reader.u16();
  header.timestamp = reader.u32();
  header.ssrc = reader.u32();
  reader.skip((first & 0x0FU) * std::size_t{4});
  if ((first & 0x10U) != 0) {
    const std::uint16_t profile = reader.u16();
    const auto elements = reader.bytes(reader.u16() * std::size_t{4});
    const bool two_byte = (profile & 0xFFF0U) == kTwoByteExtensions;
    if (transport_cc_id != 0 && (two_byte || profile == kOneByteExtensions)) {
      header.transport_sequence = find_u16(elements, two_byte, transport_cc_id);
    }
  }
  header.size = reader.position();
  return reader.ok() ? std::optional(header) : std::nullopt;
}

}  // namespace parlance::load
