#include "rtp/packet/rtx.h"

#include <algorithm>

namespace parlance::rtp {

// RFC 4588 section 4, the payload of a retransmission packet:
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |            OSN                |                               |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               |
// |                  Original RTP Packet Payload                  |
std::optional<std::uint16_t> original_sequence(const PacketView& rtx) {
  const auto payload = rtx.payload();
  if (payload.size() < kRtxOverhead) {
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(payload[0] << 8U | payload[1]);
}

std::optional<std::span<std::uint8_t>> restore_from_rtx(std::span<std::uint8_t> packet,
                                                        const PacketView& rtx,
                                                        std::uint8_t media_payload_type,
                                                        Ssrc media_ssrc) {
  const auto sequence = original_sequence(rtx);
  if (!sequence) {
    return std::nullopt;
  }
  const auto header_end = packet.begin() + static_cast<std::ptrdiff_t>(rtx.header_size());
  std::copy_backward(packet.begin(), header_end, header_end + kRtxOverhead);
  const auto original = packet.subspan(kRtxOverhead);
  original[1] = static_cast<std::uint8_t>((original[1] & 0x80U) | media_payload_type);
  original[2] = static_cast<std::uint8_t>(*sequence >> 8U);
  original[3] = static_cast<std::uint8_t>(*sequence & 0xFFU);
  for (unsigned i = 0; i < 4; ++i) {
    original[8 + i] = static_cast<std::uint8_t>(media_ssrc >> (24U - 8U * i) & 0xFFU);
  }
  return original;
}

}  // namespace parlance::rtp
