// What a datagram on the media port is, by its first bytes only (RFC 7983, RFC 5761).
#pragma once

#include <cstdint>
#include <span>

namespace parlance::rtp {

enum class DatagramKind : std::uint8_t { kStun, kDtls, kRtp, kRtcp, kUnknown };

constexpr DatagramKind classify_datagram(std::span<const std::uint8_t> datagram) {
  if (datagram.size() < 2) {
    return DatagramKind::kUnknown;
  }
  const std::uint8_t first = datagram[0];
  if (first <= 3) {  // RFC 7983 section 7
    return DatagramKind::kStun;
  }
  if (first >= 20 && first <= 63) {
    return DatagramKind::kDtls;
  }
  if (first >= 128 && first <= 191) {
    // RFC 5761 section 4: RTP payload types 64 to 95 stay unused, so that with the marker bit they
    // are RTCP's packet types 192 to 223.
    const bool rtcp = datagram[1] >= 192 && datagram[1] <= 223;
    return rtcp ? DatagramKind::kRtcp : DatagramKind::kRtp;
  }
  return DatagramKind::kUnknown;
}

}  // namespace parlance::rtp
