#include "rtp/rtcp/report_block.h"

#include <algorithm>

namespace parlance::rtp::rtcp {

namespace {

constexpr std::int32_t kMaxCumulative = 0x7FFFFF;
constexpr std::int32_t kMinCumulative = -0x800000;

}  // namespace

// RFC 3550 section 6.4.1:
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
// |                 SSRC_1 (SSRC of first source)                 |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | fraction lost |       cumulative number of packets lost       |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |           extended highest sequence number received           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                      interarrival jitter                      |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                         last SR (LSR)                         |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                   delay since last SR (DLSR)                  |
// +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
ReportBlock read_report_block(ByteReader& in) {
  ReportBlock block;
  block.ssrc = in.u32();
  block.fraction_lost = in.u8();
  const auto lost = static_cast<std::int32_t>(in.u24());
  block.cumulative_lost = lost > kMaxCumulative ? lost - 0x1000000 : lost;
  block.highest_sequence = in.u32();
  block.jitter = in.u32();
  block.last_sr = in.u32();
  block.delay_since_last_sr = in.u32();
  return block;
}

void write_report_block(ByteWriter& out, const ReportBlock& block) {
  const auto lost = std::clamp(block.cumulative_lost, kMinCumulative, kMaxCumulative);
  out.u32(block.ssrc);
  out.u8(block.fraction_lost);
  out.u24(static_cast<std::uint32_t>(lost) & 0xFFFFFFU);
  out.u32(block.highest_sequence);
  out.u32(block.jitter);
  out.u32(block.last_sr);
  out.u32(block.delay_since_last_sr);
}

}  // namespace parlance::rtp::rtcp
