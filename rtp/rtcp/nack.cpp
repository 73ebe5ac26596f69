#include "rtp/rtcp/nack.h"

#include "base/byte_reader.h"

namespace parlance::rtp::rtcp {

// RFC 4585 section 6.2.1, behind the SSRCs of sender and media source, once or more:
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |            PID                |             BLP               |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
std::expected<Nack, RtcpError> parse_nack(const Packet& packet) {
  if (!packet.is(PacketType::kTransportFeedback, kFormatNack)) {
    return std::unexpected(RtcpError::kWrongType);
  }
  ByteReader in(packet.body);
  Nack nack;
  nack.sender = in.u32();
  nack.media = in.u32();
  if (!in.ok()) {
    return std::unexpected(RtcpError::kTruncated);
  }
  nack.items = in.rest();
  if (nack.items.empty() || nack.items.size() % 4 != 0) {
    return std::unexpected(RtcpError::kInvalid);
  }
  return nack;
}

void write_nack(ByteWriter& out,
                Ssrc sender,
                Ssrc media,
                std::span<const std::uint16_t> sequences) {
  PacketWriter packet(out, PacketType::kTransportFeedback, kFormatNack);
  out.u32(sender);
  out.u32(media);
  for (std::size_t i = 0; i < sequences.size();) {
    const std::uint16_t first = sequences[i++];
    unsigned following = 0;
    while (i < sequences.size()) {
      const auto distance = static_cast<std::uint16_t>(sequences[i] - first);
      if (distance == 0 || distance > 16) {
        break;
      }
      following |= 1U << (distance - 1U);
      ++i;
    }
    out.u16(first);
    out.u16(static_cast<std::uint16_t>(following));
  }
  packet.finish();
}

}  // namespace parlance::rtp::rtcp
