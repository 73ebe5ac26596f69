#include "rtp/rtcp/receiver_report.h"

namespace parlance::rtp::rtcp {

// RFC 3550 section 6.4.2: the SSRC of the packet's sender, then report blocks (see
// report_block.cpp).
std::expected<ReceiverReport, RtcpError> parse_receiver_report(const Packet& packet) {
  if (!packet.is(PacketType::kReceiverReport)) {
    return std::unexpected(RtcpError::kWrongType);
  }
  ByteReader in(packet.body);
  ReceiverReport report;
  report.sender = in.u32();
  for (unsigned i = 0; i < packet.count; ++i) {
    report.blocks.push(read_report_block(in));
  }
  if (!in.ok()) {
    return std::unexpected(RtcpError::kTruncated);
  }
  return report;
}

void write_receiver_report(ByteWriter& out, const ReceiverReport& report) {
  PacketWriter packet(
      out, PacketType::kReceiverReport, static_cast<std::uint8_t>(report.blocks.size()));
  out.u32(report.sender);
  for (const ReportBlock& block : report.blocks) {
    write_report_block(out, block);
  }
  packet.finish();
}

}  // namespace parlance::rtp::rtcp
