// RTCP receiver report, RR (RFC 3550 section 6.4.2).
#pragma once

#include <expected>

#include "rtp/rtcp/compound.h"
#include "rtp/rtcp/report_block.h"

namespace parlance::rtp::rtcp {

struct ReceiverReport {
  Ssrc sender = 0;
  ReportBlocks blocks;
};

std::expected<ReceiverReport, RtcpError> parse_receiver_report(const Packet& packet);
void write_receiver_report(ByteWriter& out, const ReceiverReport& report);

}  // namespace parlance::rtp::rtcp
