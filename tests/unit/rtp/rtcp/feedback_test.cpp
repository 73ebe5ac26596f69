#include <array>
#include <span>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtp/rtcp/bandwidth_estimate.h"
#include "rtp/rtcp/full_intra_request.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/picture_loss.h"
#include "tests/support/rtp/bytes.h"

namespace parlance::rtp::rtcp {
namespace {

using test::hex;
using testing::ElementsAre;

Packet only_packet(std::span<const std::uint8_t> bytes) {
  return CompoundReader(bytes).next().value();
}

template <typename Write>
std::vector<std::uint8_t> written(Write write) {
  std::array<std::uint8_t, 1500> buffer{};
  ByteWriter out(buffer);
  write(out);
  EXPECT_TRUE(out.ok());
  return {out.written().begin(), out.written().end()};
}

std::vector<std::uint16_t> sequences_of(const Nack& nack) {
  std::vector<std::uint16_t> sequences;
  nack.for_each([&](std::uint16_t sequence) { sequences.push_back(sequence); });
  return sequences;
}

TEST(Nack, ReadsTheBitmask) {
  const auto bytes = hex("81 cd 0003 00000001 00000002 000a 8003");
  const auto nack = parse_nack(only_packet(bytes));
  ASSERT_TRUE(nack);
  EXPECT_EQ(nack->sender, 1U);
  EXPECT_EQ(nack->media, 2U);
  EXPECT_THAT(sequences_of(*nack), ElementsAre(10, 11, 12, 26));
}

TEST(Nack, PacksNeighboursIntoOneItem) {
  const std::array<std::uint16_t, 5> sequences = {10, 11, 26, 27, 100};
  const auto bytes = written([&](ByteWriter& out) { write_nack(out, 1, 2, sequences); });
  EXPECT_EQ(bytes, hex("81 cd 0005 00000001 00000002 000a 8001 001b 0000 0064 0000"));
}

TEST(Nack, CrossesTheWrap) {
  const std::array<std::uint16_t, 3> sequences = {65534, 65535, 3};
  const auto bytes = written([&](ByteWriter& out) { write_nack(out, 1, 2, sequences); });
  const auto nack = parse_nack(only_packet(bytes)).value();
  EXPECT_EQ(nack.items.size(), 4U);
  EXPECT_THAT(sequences_of(nack), ElementsAre(65534, 65535, 3));
}

TEST(Nack, RefusesEmptyAndOtherPackets) {
  EXPECT_EQ(parse_nack(only_packet(hex("81 cd 0002 00000001 00000002"))).error(),
            RtcpError::kInvalid);
  EXPECT_EQ(parse_nack(only_packet(hex("81 cd 0001 00000001"))).error(), RtcpError::kTruncated);
  EXPECT_EQ(parse_nack(only_packet(hex("8f cd 0003 00000001 00000002 000a 8003"))).error(),
            RtcpError::kWrongType);
}

TEST(PictureLoss, ComesBackAsWritten) {
  const auto bytes = written([](ByteWriter& out) { write_picture_loss(out, {1, 2}); });
  EXPECT_EQ(bytes, hex("81 ce 0002 00000001 00000002"));
  EXPECT_EQ(parse_picture_loss(only_packet(bytes)), (PictureLoss{1, 2}));
  EXPECT_EQ(parse_picture_loss(only_packet(hex("81 ce 0001 00000001"))).error(),
            RtcpError::kTruncated);
}

TEST(FullIntraRequest, ComesBackAsWritten) {
  const auto bytes = written([](ByteWriter& out) { write_full_intra_request(out, 1, {2, 3}); });
  EXPECT_EQ(bytes, hex("84 ce 0004 00000001 00000000 00000002 03 000000"));
  const auto parsed = parse_full_intra_request(only_packet(bytes));
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->entries.size(), 1U);
  EXPECT_EQ(parsed->entries[0], (FullIntraRequest::Entry{2, 3}));
}

TEST(FullIntraRequest, RefusesHalfAnEntry) {
  EXPECT_EQ(
      parse_full_intra_request(only_packet(hex("84 ce 0003 00000001 00000000 00000002"))).error(),
      RtcpError::kTruncated);
}

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
