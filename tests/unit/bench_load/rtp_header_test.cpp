#include "bench/load/rtp_header.h"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace parlance::load {
namespace {

std::vector<std::uint8_t> packet() {
  return {0x90, 0xE5, 0x12, 0x34, 0,    0,    0,    9,    0,    0, 0, 7,  // RTP, marker, type 101
          0xBE, 0xDE, 0x00, 0x02, 0x10, 0x31, 0x51, 0xAB, 0xCD, 0, 0, 0,  // mid, transport-cc
          1,    2,    3};
}

TEST(RtpHeader, HasWhatAClientCountsBy) {
  const auto header = read_rtp_header(packet(), 5);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->payload_type, 101);
  EXPECT_TRUE(header->marker);
  EXPECT_EQ(header->sequence, 0x1234);
  EXPECT_EQ(header->timestamp, 9u);
  EXPECT_EQ(header->ssrc, 7u);
  EXPECT_EQ(header->transport_sequence, 0xABCD);
  EXPECT_EQ(header->size, 24u);
}

TEST(RtpHeader, HasNoTransportSequenceWhereNoneWasNegotiated) {
  EXPECT_EQ(read_rtp_header(packet(), 0)->transport_sequence, std::nullopt);
  EXPECT_EQ(read_rtp_header(packet(), 4)->transport_sequence, std::nullopt);
}

TEST(RtpHeader, IsRefusedWhereItDoesNotFit) {
  auto bytes = packet();
  bytes.resize(20);
  EXPECT_FALSE(read_rtp_header(bytes, 5));
}

TEST(RtpHeader, TellsRtpFromRtcpAndFromTheRest) {
  EXPECT_TRUE(is_media(packet()));
  EXPECT_FALSE(is_rtcp(packet()));
  auto bytes = packet();
  bytes[1] = 201;
  EXPECT_TRUE(is_rtcp(bytes));
  bytes[0] = 22;
  EXPECT_FALSE(is_media(bytes));
}

}  // namespace
}  // namespace parlance::load
