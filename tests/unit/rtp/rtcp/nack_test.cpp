#include "rtp/rtcp/nack.h"

#include <array>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"
#include "tests/unit/rtp/rtcp/samples.h"

namespace parlance::rtp::rtcp {
namespace {

using test::hex;
using test::only_packet;
using test::written;
using testing::ElementsAre;

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

TEST(Nack, IsReadNoFurtherThanWanted) {
  const auto bytes = hex("81 cd 0004 00000001 00000002 000a 8003 0064 0000");
  std::vector<std::uint16_t> sequences;
  parse_nack(only_packet(bytes)).value().for_each_while([&](std::uint16_t sequence) {
    sequences.push_back(sequence);
    return sequences.size() < 3;
  });
  EXPECT_THAT(sequences, ElementsAre(10, 11, 12));
}

TEST(Nack, RefusesEmptyAndOtherPackets) {
  EXPECT_EQ(parse_nack(only_packet(hex("81 cd 0002 00000001 00000002"))).error(),
            RtcpError::kInvalid);
  EXPECT_EQ(parse_nack(only_packet(hex("81 cd 0001 00000001"))).error(), RtcpError::kTruncated);
  EXPECT_EQ(parse_nack(only_packet(hex("8f cd 0003 00000001 00000002 000a 8003"))).error(),
            RtcpError::kWrongType);
}

}  // namespace
}  // namespace parlance::rtp::rtcp
