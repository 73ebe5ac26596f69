// Receiver estimated maximum bitrate, REMB (draft-alvestrand-rmcat-remb-03).
#pragma once

#include <cstdint>
#include <expected>

#include "rtp/rtcp/bounded_list.h"
#include "rtp/rtcp/compound.h"

namespace parlance::rtp::rtcp {

struct BandwidthEstimate {
  Ssrc sender = 0;
  std::uint64_t bitrate_bps = 0;  // on the wire 18 bits of mantissa
  BoundedList<Ssrc, 255> sources;
};

std::expected<BandwidthEstimate, RtcpError> parse_bandwidth_estimate(const Packet& packet);
void write_bandwidth_estimate(ByteWriter& out, const BandwidthEstimate& estimate);

}  // namespace parlance::rtp::rtcp
