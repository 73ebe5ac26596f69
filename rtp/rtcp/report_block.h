// The report block shared by sender and receiver reports (RFC 3550 section 6.4.1).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "rtp/parameters.h"
#include "rtp/rtcp/bounded_list.h"

namespace parlance::rtp::rtcp {

inline constexpr std::size_t kMaxReportBlocks = 31;  // 5 bits of count
inline constexpr std::size_t kReportBlockSize = 24;

struct ReportBlock {
  Ssrc ssrc = 0;
  std::uint8_t fraction_lost = 0;         // of 256
  std::int32_t cumulative_lost = 0;       // 24 bits on the wire
  std::uint32_t highest_sequence = 0;     // extended
  std::uint32_t jitter = 0;               // clock ticks
  std::uint32_t last_sr = 0;              // compact NTP of the last SR, 0: none
  std::uint32_t delay_since_last_sr = 0;  // 1/65536 s

  bool operator==(const ReportBlock&) const = default;
};

using ReportBlocks = BoundedList<ReportBlock, kMaxReportBlocks>;

ReportBlock read_report_block(ByteReader& in);
void write_report_block(ByteWriter& out, const ReportBlock& block);

}  // namespace parlance::rtp::rtcp
