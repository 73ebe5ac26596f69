// Picture loss indication, PLI (RFC 4585 section 6.3.1).
#pragma once

#include <expected>

#include "rtp/rtcp/compound.h"

namespace parlance::rtp::rtcp {

struct PictureLoss {
  Ssrc sender = 0;
  Ssrc media = 0;

  bool operator==(const PictureLoss&) const = default;
};

std::expected<PictureLoss, RtcpError> parse_picture_loss(const Packet& packet);
void write_picture_loss(ByteWriter& out, const PictureLoss& loss);

}  // namespace parlance::rtp::rtcp
