// RTCP sender report, SR (RFC 3550 section 6.4.1).
#pragma once

#include <cstdint>
#include <expected>

#include "rtp/rtcp/compound.h"
#include "rtp/rtcp/report_block.h"
#include "rtp/stream/ntp.h"

namespace parlance::rtp::rtcp {

struct SenderReport {
  Ssrc sender = 0;
  NtpTime ntp;
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packet_count = 0;
  std::uint32_t octet_count = 0;
  ReportBlocks blocks;
};

std::expected<SenderReport, RtcpError> parse_sender_report(const Packet& packet);
void write_sender_report(ByteWriter& out, const SenderReport& report);

}  // namespace parlance::rtp::rtcp
