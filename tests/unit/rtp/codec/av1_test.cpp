#include "rtp/codec/av1.h"

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::hex;

TEST(Av1, KnowsTheStartOfASequence) {
  // N, W=2: a sequence header of 3 bytes with its length, a frame to the end.
  const auto payload = parse_av1(hex("28 03 0a 01 02 30 01 02"));
  ASSERT_TRUE(payload);
  EXPECT_TRUE(payload->starts_key_frame());
  EXPECT_TRUE(payload->has_sequence_header);
  EXPECT_FALSE(payload->spatial_layer);
}

TEST(Av1, ReadsLayersFromTheFirstWholeObu) {
  // W=1, frame OBU with extension: TID 2, SID 1.
  const auto payload = parse_av1(hex("10 34 48 01"));
  ASSERT_TRUE(payload);
  EXPECT_FALSE(payload->starts_key_frame());
  EXPECT_EQ(payload->temporal_layer, 2);
  EXPECT_EQ(payload->spatial_layer, 1);
}

TEST(Av1, DoesNotTakeAFragmentForAHeader) {
  // Z, W=1: what looks like an OBU header is the middle of one.
  const auto payload = parse_av1(hex("90 0c 48 01"));
  ASSERT_TRUE(payload);
  EXPECT_TRUE(payload->continues_obu);
  EXPECT_FALSE(payload->has_sequence_header);
  EXPECT_FALSE(payload->spatial_layer);
}

TEST(Av1, TakesAnyNumberOfElementsWhereWIsZero) {
  EXPECT_TRUE(parse_av1(hex("00 01 30 02 30 01")));
  EXPECT_FALSE(parse_av1(hex("00 01 30 03 30 01")));
}

TEST(Av1, RefusesWhatDoesNotAddUp) {
  EXPECT_FALSE(parse_av1(hex("10")));
  EXPECT_FALSE(parse_av1(hex("88 30 01")));                 // N and Z
  EXPECT_FALSE(parse_av1(hex("20 ff ff ff ff ff 01 30")));  // a length without end
  EXPECT_FALSE(parse_av1(hex("20 05 30")));
}

}  // namespace
}  // namespace parlance::rtp
