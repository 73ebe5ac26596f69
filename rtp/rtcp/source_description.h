// RTCP source description, SDES, of which only the canonical name is used (RFC 3550 section 6.5).
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "rtp/rtcp/compound.h"

namespace parlance::rtp::rtcp {

struct SourceDescription {
  struct Chunk {
    Ssrc ssrc = 0;
    std::string cname;  // empty where the chunk has none
  };

  std::vector<Chunk> chunks;  // 31 at most
};

std::expected<SourceDescription, RtcpError> parse_source_description(const Packet& packet);

// One chunk with a CNAME of 255 bytes at most.
void write_source_description(ByteWriter& out, Ssrc ssrc, std::string_view cname);

}  // namespace parlance::rtp::rtcp
