#include "rtp/rtcp/sender_report.h"

namespace parlance::rtp::rtcp {

// RFC 3550 section 6.4.1, the sender's part; report blocks follow:
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                         SSRC of sender                        |
// +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
// |              NTP timestamp, most significant word             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |             NTP timestamp, least significant word             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                         RTP timestamp                         |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                     sender's packet count                     |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                      sender's octet count                     |
// +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
std::expected<SenderReport, RtcpError> parse_sender_report(const Packet& packet) {
  if (!packet.is(PacketType::kSenderReport)) {
    return std::unexpected(RtcpError::kWrongType);
  }
  ByteReader in(packet.body);
  SenderReport report;
  report.sender = in.u32();
  report.ntp.value = in.u64();
  report.rtp_timestamp = in.u32();
  report.packet_count = in.u32();
  report.octet_count = in.u32();
  for (unsigned i = 0; i < packet.count; ++i) {
    report.blocks.push(read_report_block(in));
  }
  if (!in.ok()) {
    return std::unexpected(RtcpError::kTruncated);
  }
  return report;
}

void write_sender_report(ByteWriter& out, const SenderReport& report) {
  PacketWriter packet(
      out, PacketType::kSenderReport, static_cast<std::uint8_t>(report.blocks.size()));
  out.u32(report.sender);
  out.u64(report.ntp.value);
  out.u32(report.rtp_timestamp);
  out.u32(report.packet_count);
  out.u32(report.octet_count);
  for (const ReportBlock& block : report.blocks) {
    write_report_block(out, block);
  }
  packet.finish();
}

}  // namespace parlance::rtp::rtcp
