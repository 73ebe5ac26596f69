#include "rtp/packet/demux.h"

#include <array>

#include <gtest/gtest.h>

namespace parlance::rtp {
namespace {

DatagramKind classify(std::uint8_t first, std::uint8_t second = 0) {
  return classify_datagram(std::array{first, second});
}

TEST(Demux, GoesByTheFirstByteAsRfc7983Says) {
  EXPECT_EQ(classify(0), DatagramKind::kStun);
  EXPECT_EQ(classify(3), DatagramKind::kStun);
  EXPECT_EQ(classify(4), DatagramKind::kUnknown);
  EXPECT_EQ(classify(16), DatagramKind::kUnknown);
  EXPECT_EQ(classify(20), DatagramKind::kDtls);
  EXPECT_EQ(classify(63), DatagramKind::kDtls);
  EXPECT_EQ(classify(64), DatagramKind::kUnknown);
  EXPECT_EQ(classify(127), DatagramKind::kUnknown);
  EXPECT_EQ(classify(128), DatagramKind::kRtp);
  EXPECT_EQ(classify(191), DatagramKind::kRtp);
  EXPECT_EQ(classify(192), DatagramKind::kUnknown);
}

TEST(Demux, TellsRtcpByItsPacketTypes) {
  EXPECT_EQ(classify(0x80, 191), DatagramKind::kRtp);
  EXPECT_EQ(classify(0x80, 192), DatagramKind::kRtcp);
  EXPECT_EQ(classify(0x81, 200), DatagramKind::kRtcp);
  EXPECT_EQ(classify(0x8F, 205), DatagramKind::kRtcp);
  EXPECT_EQ(classify(0x80, 223), DatagramKind::kRtcp);
  EXPECT_EQ(classify(0x80, 224), DatagramKind::kRtp);
  EXPECT_EQ(classify(0x90, 0x80 | 100), DatagramKind::kRtp);
}

TEST(Demux, KnowsNothingOfOneByte) {
  EXPECT_EQ(classify_datagram({}), DatagramKind::kUnknown);
  EXPECT_EQ(classify_datagram(std::array<std::uint8_t, 1>{0x80}), DatagramKind::kUnknown);
}

}  // namespace
}  // namespace parlance::rtp
