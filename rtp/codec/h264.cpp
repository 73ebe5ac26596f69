#include "rtp/codec/h264.h"

#include "base/byte_reader.h"

namespace parlance::rtp {

namespace {

// RFC 6184 table 1 (5.2) and, for the NAL units themselves, ITU-T H.264 table 7-1.
constexpr std::uint8_t kTypeMask = 0x1F;
constexpr std::uint8_t kIdr = 5;
constexpr std::uint8_t kSps = 7;
constexpr std::uint8_t kPps = 8;
constexpr std::uint8_t kLastSingle = 23;
constexpr std::uint8_t kStapA = 24;
constexpr std::uint8_t kFuA = 28;

void note(std::uint8_t type, H264Payload& payload) {
  payload.has_idr = payload.has_idr || type == kIdr;
  payload.has_sps = payload.has_sps || type == kSps;
  payload.has_pps = payload.has_pps || type == kPps;
}

// RFC 6184 section 5.7.1, behind the STAP-A NAL header, once or more:
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |         NALU 1 Size           | NALU 1 HDR    |  NALU 1 Data  :
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
std::optional<H264Payload> parse_stap_a(ByteReader in) {
  H264Payload payload;
  while (in.ok() && in.remaining() > 0) {
    const auto nal = in.bytes(in.u16());
    if (nal.empty()) {
      return std::nullopt;
    }
    note(nal[0] & kTypeMask, payload);
  }
  return in.ok() ? std::optional(payload) : std::nullopt;
}

// RFC 6184 section 5.8, behind the FU indicator:
//
// +---------------+
// |0|1|2|3|4|5|6|7|
// +-+-+-+-+-+-+-+-+
// |S|E|R|  Type   |
// +---------------+
std::optional<H264Payload> parse_fu_a(ByteReader in) {
  const std::uint8_t header = in.u8();
  if (!in.ok() || in.remaining() == 0) {
    return std::nullopt;
  }
  H264Payload payload;
  payload.starts_nal = (header & 0x80U) != 0;
  if (payload.starts_nal) {
    note(header & kTypeMask, payload);
  }
  return payload;
}

}  // namespace

// RFC 6184 section 5.3, the first byte of every payload:
//
// +---------------+
// |0|1|2|3|4|5|6|7|
// +-+-+-+-+-+-+-+-+
// |F|NRI|  Type   |
// +---------------+
std::optional<H264Payload> parse_h264(std::span<const std::uint8_t> payload) {
  ByteReader in(payload);
  const std::uint8_t type = in.u8() & kTypeMask;
  if (!in.ok() || in.remaining() == 0) {
    return std::nullopt;
  }
  if (type == kStapA) {
    return parse_stap_a(in);
  }
  if (type == kFuA) {
    return parse_fu_a(in);
  }
  if (type == 0 || type > kLastSingle) {
    return std::nullopt;
  }
  H264Payload single;
  note(type, single);
  return single;
}

}  // namespace parlance::rtp
