#include "rtp/rtcp/bandwidth_estimate.h"

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"
#include "tests/unit/rtp/rtcp/samples.h"

namespace parlance::rtp::rtcp {
namespace {

using test::hex;
using test::only_packet;
using test::written;

TEST(BandwidthEstimate, ReadsAKnownPacket) {
  // Mantissa 0x30D40 = 200,000, exponent 3.
  const auto bytes = hex("8f ce 0005 00000001 00000000 52454d42 01 0f0d40 00000002");
  const auto estimate = parse_bandwidth_estimate(only_packet(bytes));
  ASSERT_TRUE(estimate);
  EXPECT_EQ(estimate->bitrate_bps, 1'600'000U);
  ASSERT_EQ(estimate->sources.size(), 1U);
  EXPECT_EQ(estimate->sources[0], 2U);
}

TEST(BandwidthEstimate, KeepsEighteenBitsOfTheRate) {
  for (const std::uint64_t rate : {std::uint64_t{0},
                                   std::uint64_t{30'000},
                                   std::uint64_t{262'143},
                                   std::uint64_t{262'144},
                                   std::uint64_t{5'000'000'000},
                                   ~std::uint64_t{0}}) {
    BandwidthEstimate estimate;
    estimate.sender = 1;
    estimate.bitrate_bps = rate;
    estimate.sources.push(2);
    const auto bytes = written([&](ByteWriter& out) { write_bandwidth_estimate(out, estimate); });
    const auto parsed = parse_bandwidth_estimate(only_packet(bytes));
    ASSERT_TRUE(parsed) << rate;
    EXPECT_LE(parsed->bitrate_bps, rate);
    EXPECT_GE(parsed->bitrate_bps, rate - rate / 131'072);
  }
}

TEST(BandwidthEstimate, RefusesOtherApplicationsAndOverflow) {
  EXPECT_EQ(
      parse_bandwidth_estimate(only_packet(hex("8f ce 0004 00000001 00000000 52454d43 00 0f0d40")))
          .error(),
      RtcpError::kWrongType);
  EXPECT_EQ(
      parse_bandwidth_estimate(only_packet(hex("8f ce 0004 00000001 00000000 52454d42 00 ffffff")))
          .error(),
      RtcpError::kInvalid);
  EXPECT_EQ(
      parse_bandwidth_estimate(only_packet(hex("8f ce 0004 00000001 00000000 52454d42 02 0f0d40")))
          .error(),
      RtcpError::kTruncated);
}

}  // namespace
}  // namespace parlance::rtp::rtcp
