#include "rtp/rtcp/full_intra_request.h"

#include "base/byte_reader.h"

namespace parlance::rtp::rtcp {

// RFC 5104 section 4.3.1.1, behind the SSRCs of sender and (unused, 0) media source, once or more:
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                              SSRC                             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Seq nr.       |    Reserved                                   |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
std::expected<FullIntraRequest, RtcpError> parse_full_intra_request(const Packet& packet) {
  if (!packet.is(PacketType::kPayloadFeedback, kFormatFir)) {
    return std::unexpected(RtcpError::kWrongType);
  }
  ByteReader in(packet.body);
  FullIntraRequest request;
  request.sender = in.u32();
  in.skip(4);
  while (in.ok() && in.remaining() > 0) {
    FullIntraRequest::Entry entry;
    entry.ssrc = in.u32();
    entry.sequence = in.u8();
    in.skip(3);
    if (in.ok()) {
      request.entries.push(entry);
    }
  }
  if (!in.ok()) {
    return std::unexpected(RtcpError::kTruncated);
  }
  return request;
}

void write_full_intra_request(ByteWriter& out, Ssrc sender, const FullIntraRequest::Entry& entry) {
  PacketWriter packet(out, PacketType::kPayloadFeedback, kFormatFir);
  out.u32(sender);
  out.u32(0);
  out.u32(entry.ssrc);
  out.u8(entry.sequence);
  out.zeros(3);
  packet.finish();
}

}  // namespace parlance::rtp::rtcp
