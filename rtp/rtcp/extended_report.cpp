#include "rtp/rtcp/extended_report.h"

#include "base/byte_reader.h"

namespace parlance::rtp::rtcp {

namespace {

constexpr std::uint8_t kReferenceTimeBlock = 4;  // RFC 3611 section 4.4
constexpr std::uint8_t kDelayBlock = 5;          // RFC 3611 section 4.5
constexpr std::size_t kDelaySize = 12;

bool read_block(std::uint8_t type, std::span<const std::uint8_t> body, ExtendedReport& report) {
  ByteReader in(body);
  if (type == kReferenceTimeBlock) {
    report.reference_time = NtpTime{in.u64()};
    return in.ok();
  }
  if (type == kDelayBlock) {
    if (body.size() % kDelaySize != 0) {
      return false;
    }
    while (in.remaining() > 0) {
      ExtendedReport::Delay delay;
      delay.ssrc = in.u32();
      delay.last_rr = in.u32();
      delay.delay_since_last_rr = in.u32();
      report.delays.push(delay);
    }
  }
  return true;
}

}  // namespace

// RFC 3611 section 3, behind the SSRC of the sender, once or more:
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |      BT       | type-specific |         block length          |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// :             type-specific block contents                      :
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
std::expected<ExtendedReport, RtcpError> parse_extended_report(const Packet& packet) {
  if (!packet.is(PacketType::kExtendedReport)) {
    return std::unexpected(RtcpError::kWrongType);
  }
  ByteReader in(packet.body);
  ExtendedReport report;
  report.sender = in.u32();
  while (in.ok() && in.remaining() > 0) {
    const std::uint8_t type = in.u8();
    in.skip(1);
    const auto body = in.bytes(4UL * in.u16());
    if (in.ok() && !read_block(type, body, report)) {
      return std::unexpected(RtcpError::kInvalid);
    }
  }
  if (!in.ok()) {
    return std::unexpected(RtcpError::kTruncated);
  }
  return report;
}

void write_extended_report(ByteWriter& out, const ExtendedReport& report) {
  PacketWriter packet(out, PacketType::kExtendedReport, 0);
  out.u32(report.sender);
  if (report.reference_time) {
    out.u8(kReferenceTimeBlock);
    out.u8(0);
    out.u16(2);
    out.u64(report.reference_time->value);
  }
  if (!report.delays.empty()) {
    out.u8(kDelayBlock);
    out.u8(0);
    out.u16(static_cast<std::uint16_t>(report.delays.size() * kDelaySize / 4));
    for (const ExtendedReport::Delay& delay : report.delays) {
      out.u32(delay.ssrc);
      out.u32(delay.last_rr);
      out.u32(delay.delay_since_last_rr);
    }
  }
  packet.finish();
}

}  // namespace parlance::rtp::rtcp
