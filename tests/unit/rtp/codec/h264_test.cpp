#include "rtp/codec/h264.h"

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::hex;

TEST(H264, FindsParameterSetsInEveryPacketization) {
  EXPECT_TRUE(parse_h264(hex("67 42e01f"))->starts_key_frame());
  const auto aggregated = parse_h264(hex("78 0003 67 42e0 0002 68 ce 0002 65 88"));
  ASSERT_TRUE(aggregated);
  EXPECT_TRUE(aggregated->has_sps);
  EXPECT_TRUE(aggregated->has_pps);
  EXPECT_TRUE(aggregated->has_idr);
  EXPECT_TRUE(parse_h264(hex("7c 87 42e0"))->starts_key_frame());
}

TEST(H264, BeginsNoConsumerWithoutParameterSets) {
  EXPECT_FALSE(parse_h264(hex("65 88"))->starts_key_frame());
  EXPECT_TRUE(parse_h264(hex("65 88"))->has_idr);
  EXPECT_FALSE(parse_h264(hex("41 9a"))->starts_key_frame());
  EXPECT_FALSE(parse_h264(hex("68 ce"))->starts_key_frame());
}

TEST(H264, TellsLaterFragments) {
  EXPECT_TRUE(parse_h264(hex("7c 85 88"))->starts_nal);
  EXPECT_TRUE(parse_h264(hex("7c 85 88"))->has_idr);
  const auto later = parse_h264(hex("7c 07 88"));
  EXPECT_FALSE(later->starts_nal);
  EXPECT_FALSE(later->has_sps);
}

TEST(H264, RefusesWhatDoesNotAddUp) {
  EXPECT_FALSE(parse_h264(hex("67")));
  EXPECT_FALSE(parse_h264(hex("78 0004 67 42e0")));
  EXPECT_FALSE(parse_h264(hex("78 0000 67")));
  EXPECT_FALSE(parse_h264(hex("7c 87")));
  EXPECT_FALSE(parse_h264(hex("79 0003 67 42e0")));  // STAP-B: not in this mode
  EXPECT_FALSE(parse_h264(hex("60 00")));
}

}  // namespace
}  // namespace parlance::rtp
