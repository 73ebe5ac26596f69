// RTCP extended report, XR: receiver reference time and DLRR blocks (RFC 3611 sections 4.4
// and 4.5).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "rtp/rtcp/bounded_list.h"
#include "rtp/rtcp/compound.h"
#include "rtp/stream/ntp.h"

namespace parlance::rtp::rtcp {

struct ExtendedReport {
  struct Delay {
    Ssrc ssrc = 0;
    std::uint32_t last_rr = 0;              // compact NTP
    std::uint32_t delay_since_last_rr = 0;  // 1/65536 s

    bool operator==(const Delay&) const = default;
  };

  Ssrc sender = 0;
  std::optional<NtpTime> reference_time;
  BoundedList<Delay, 32> delays;  // more are ignored
};

// Blocks of other types are skipped.
std::expected<ExtendedReport, RtcpError> parse_extended_report(const Packet& packet);
void write_extended_report(ByteWriter& out, const ExtendedReport& report);

}  // namespace parlance::rtp::rtcp
