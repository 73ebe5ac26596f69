#include "rtp/codec/av1.h"

#include <cstddef>

#include "base/byte_reader.h"

namespace parlance::rtp {

namespace {

constexpr std::uint8_t kSequenceHeader = 1;  // AV1 bitstream specification section 6.2.2, obu_type
constexpr unsigned kMaxLeb128Bytes = 5;      // an element's length has 32 bits at most

std::optional<std::size_t> read_leb128(ByteReader& in) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < kMaxLeb128Bytes; ++i) {
    const std::uint8_t byte = in.u8();
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << (7 * i);
    if ((byte & 0x80U) == 0) {
      return in.ok() ? std::optional<std::size_t>(value) : std::nullopt;
    }
  }
  return std::nullopt;
}

// AV1 bitstream specification sections 5.3.2 and 5.3.3, OBU header and its extension:
//
//  0 1 2 3 4 5 6 7   0 1 2 3 4 5 6 7
// +-+-+-+-+-+-+-+-+ +-+-+-+-+-+-+-+-+
// |F| type  |X|S|-| | TID |SID|-|-|-|   (second byte if X)
// +-+-+-+-+-+-+-+-+ +-+-+-+-+-+-+-+-+
void note_obu(std::span<const std::uint8_t> obu, Av1Payload& payload) {
  if (obu.empty()) {
    return;
  }
  payload.has_sequence_header =
      payload.has_sequence_header || (obu[0] >> 3U & 0x0FU) == kSequenceHeader;
  if ((obu[0] & 0x04U) != 0 && obu.size() >= 2 && !payload.spatial_layer) {
    payload.temporal_layer = static_cast<std::uint8_t>(obu[1] >> 5U);
    payload.spatial_layer = static_cast<std::uint8_t>(obu[1] >> 3U & 0x03U);
  }
}

}  // namespace

// AV1 RTP specification section 4.4, the aggregation header; W elements follow, each but the last
// with its length in leb128 (W = 0: any number, each with its length):
//
//  0 1 2 3 4 5 6 7
// +-+-+-+-+-+-+-+-+
// |Z|Y| W |N|-|-|-|
// +-+-+-+-+-+-+-+-+
std::optional<Av1Payload> parse_av1(std::span<const std::uint8_t> payload) {
  ByteReader in(payload);
  const std::uint8_t header = in.u8();
  Av1Payload parsed;
  parsed.continues_obu = (header & 0x80U) != 0;
  parsed.continued = (header & 0x40U) != 0;
  parsed.starts_sequence = (header & 0x08U) != 0;
  const unsigned elements = header >> 4U & 0x03U;
  if (!in.ok() || in.remaining() == 0 || (parsed.starts_sequence && parsed.continues_obu)) {
    return std::nullopt;
  }
  for (unsigned i = 0; in.remaining() > 0; ++i) {
    std::size_t size = in.remaining();
    if (elements == 0 || i + 1 < elements) {
      const auto length = read_leb128(in);
      if (!length) {
        return std::nullopt;
      }
      size = *length;
    }
    const auto obu = in.bytes(size);
    if (!in.ok()) {
      return std::nullopt;
    }
    if (i > 0 || !parsed.continues_obu) {
      note_obu(obu, parsed);
    }
  }
  return parsed;
}

}  // namespace parlance::rtp
