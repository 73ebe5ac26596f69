#include "rtp/rtcp/picture_loss.h"

#include "base/byte_reader.h"

namespace parlance::rtp::rtcp {

// RFC 4585 section 6.3.1: nothing but the SSRCs of the packet's sender and of the media source.
std::expected<PictureLoss, RtcpError> parse_picture_loss(const Packet& packet) {
  if (!packet.is(PacketType::kPayloadFeedback, kFormatPli)) {
    return std::unexpected(RtcpError::kWrongType);
  }
  ByteReader in(packet.body);
  PictureLoss loss;
  loss.sender = in.u32();
  loss.media = in.u32();
  if (!in.ok()) {
    return std::unexpected(RtcpError::kTruncated);
  }
  return loss;
}

void write_picture_loss(ByteWriter& out, const PictureLoss& loss) {
  PacketWriter packet(out, PacketType::kPayloadFeedback, kFormatPli);
  out.u32(loss.sender);
  out.u32(loss.media);
  packet.finish();
}

}  // namespace parlance::rtp::rtcp
