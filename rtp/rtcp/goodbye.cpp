#include "rtp/rtcp/goodbye.h"

#include "base/byte_reader.h"

namespace parlance::rtp::rtcp {

// RFC 3550 section 6.6:
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                           SSRC/CSRC                           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// :                              ...                              :
// +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
// |     length    |               reason for leaving            ...
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
std::expected<Goodbye, RtcpError> parse_goodbye(const Packet& packet) {
  if (!packet.is(PacketType::kGoodbye)) {
    return std::unexpected(RtcpError::kWrongType);
  }
  ByteReader in(packet.body);
  Goodbye goodbye;
  for (unsigned i = 0; i < packet.count; ++i) {
    goodbye.sources.push(in.u32());
  }
  if (!in.ok()) {
    return std::unexpected(RtcpError::kTruncated);
  }
  return goodbye;
}

void write_goodbye(ByteWriter& out, Ssrc source) {
  PacketWriter packet(out, PacketType::kGoodbye, 1);
  out.u32(source);
  packet.finish();
}

}  // namespace parlance::rtp::rtcp
