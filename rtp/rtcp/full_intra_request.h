// Full intra request, FIR (RFC 5104 section 4.3.1).
#pragma once

#include <cstdint>
#include <expected>

#include "rtp/rtcp/bounded_list.h"
#include "rtp/rtcp/compound.h"

namespace parlance::rtp::rtcp {

struct FullIntraRequest {
  struct Entry {
    Ssrc ssrc = 0;
    std::uint8_t sequence = 0;  // raised by one per new request

    bool operator==(const Entry&) const = default;
  };

  Ssrc sender = 0;
  BoundedList<Entry, 32> entries;  // more are ignored
};

std::expected<FullIntraRequest, RtcpError> parse_full_intra_request(const Packet& packet);
void write_full_intra_request(ByteWriter& out, Ssrc sender, const FullIntraRequest::Entry& entry);

}  // namespace parlance::rtp::rtcp
