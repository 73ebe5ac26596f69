#include "rtp/codec/vp8.h"

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::hex;

TEST(Vp8, ReadsTheLongestDescriptor) {
  // X, S; I L T K; 15-bit picture id 0x1234; TL0PICIDX 9; TID 2, Y, KEYIDX 3; a key frame.
  const auto descriptor = parse_vp8(hex("90 f0 9234 09 a3 10"));
  ASSERT_TRUE(descriptor);
  EXPECT_EQ(descriptor->picture_id, 0x1234);
  EXPECT_TRUE(descriptor->long_picture_id);
  EXPECT_EQ(descriptor->tl0_picture_index, 9);
  EXPECT_EQ(descriptor->temporal_layer, 2);
  EXPECT_TRUE(descriptor->layer_sync);
  EXPECT_EQ(descriptor->key_index, 3);
  EXPECT_EQ(descriptor->size, 6U);
  EXPECT_TRUE(descriptor->key_frame);
}

TEST(Vp8, ReadsTheShortestDescriptor) {
  const auto descriptor = parse_vp8(hex("10 01"));
  ASSERT_TRUE(descriptor);
  EXPECT_FALSE(descriptor->picture_id);
  EXPECT_FALSE(descriptor->temporal_layer);
  EXPECT_EQ(descriptor->size, 1U);
  EXPECT_FALSE(descriptor->key_frame);  // P is set
}

TEST(Vp8, KnowsAKeyFrameByItsFirstPacketOnly) {
  EXPECT_TRUE(parse_vp8(hex("10 00"))->key_frame);
  EXPECT_FALSE(parse_vp8(hex("00 00"))->key_frame);  // not the start of a partition
  EXPECT_FALSE(parse_vp8(hex("11 00"))->key_frame);  // of the second partition
}

TEST(Vp8, RefusesADescriptorThatIsCutShort) {
  EXPECT_FALSE(parse_vp8(hex("90")));
  EXPECT_FALSE(parse_vp8(hex("90 f0 92")));
  EXPECT_FALSE(parse_vp8(hex("90 f0 9234 09 a3")));  // no payload behind it
}

}  // namespace
}  // namespace parlance::rtp
