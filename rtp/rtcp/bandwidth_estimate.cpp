#include "rtp/rtcp/bandwidth_estimate.h"

#include <bit>
#include <limits>

#include "base/byte_reader.h"

namespace parlance::rtp::rtcp {

namespace {

constexpr std::uint32_t kUniqueIdentifier = 0x52454D42;  // "REMB"
constexpr unsigned kMantissaBits = 18;

}  // namespace

// draft-alvestrand-rmcat-remb-03 section 2.2, behind the SSRCs of sender and (unused, 0) media
// source:
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Unique identifier 'R' 'E' 'M' 'B'                            |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Num SSRC     | BR Exp    |  BR Mantissa                      |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |   SSRC feedback                                               |
// |  ...                                                          |
std::expected<BandwidthEstimate, RtcpError> parse_bandwidth_estimate(const Packet& packet) {
  if (!packet.is(PacketType::kPayloadFeedback, kFormatApplicationLayer)) {
    return std::unexpected(RtcpError::kWrongType);
  }
  ByteReader in(packet.body);
  BandwidthEstimate estimate;
  estimate.sender = in.u32();
  in.skip(4);
  const std::uint32_t identifier = in.u32();
  if (in.ok() && identifier != kUniqueIdentifier) {
    return std::unexpected(RtcpError::kWrongType);
  }
  const std::uint8_t count = in.u8();
  const std::uint32_t rate = in.u24();
  const std::uint64_t mantissa = rate & ((1U << kMantissaBits) - 1U);
  const unsigned exponent = rate >> kMantissaBits;
  for (unsigned i = 0; i < count; ++i) {
    estimate.sources.push(in.u32());
  }
  if (!in.ok()) {
    return std::unexpected(RtcpError::kTruncated);
  }
  if (static_cast<unsigned>(std::bit_width(mantissa)) + exponent > 64) {
    return std::unexpected(RtcpError::kInvalid);
  }
  estimate.bitrate_bps = mantissa << exponent;
  return estimate;
}

void write_bandwidth_estimate(ByteWriter& out, const BandwidthEstimate& estimate) {
  PacketWriter packet(out, PacketType::kPayloadFeedback, kFormatApplicationLayer);
  const auto width = static_cast<unsigned>(std::bit_width(estimate.bitrate_bps));
  const unsigned exponent = width > kMantissaBits ? width - kMantissaBits : 0;
  out.u32(estimate.sender);
  out.u32(0);
  out.u32(kUniqueIdentifier);
  out.u8(static_cast<std::uint8_t>(estimate.sources.size()));
  out.u24(
      static_cast<std::uint32_t>(exponent << kMantissaBits | (estimate.bitrate_bps >> exponent)));
  for (const Ssrc source : estimate.sources) {
    out.u32(source);
  }
  packet.finish();
}

}  // namespace parlance::rtp::rtcp
