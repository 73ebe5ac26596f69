// RTCP BYE (RFC 3550 section 6.6).
#pragma once

#include <expected>

#include "rtp/rtcp/bounded_list.h"
#include "rtp/rtcp/compound.h"

namespace parlance::rtp::rtcp {

// The optional reason is not kept.
struct Goodbye {
  BoundedList<Ssrc, 31> sources;
};

std::expected<Goodbye, RtcpError> parse_goodbye(const Packet& packet);
void write_goodbye(ByteWriter& out, Ssrc source);

}  // namespace parlance::rtp::rtcp
