#include "rtp/codec/vp9.h"

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::hex;

TEST(Vp9, ReadsNonFlexibleMode) {
  // I L B; 15-bit picture id; TID 1 U, SID 2 D; TL0PICIDX 7.
  const auto descriptor = parse_vp9(hex("a8 8123 35 07 ff"));
  ASSERT_TRUE(descriptor);
  EXPECT_EQ(descriptor->picture_id, 0x0123);
  EXPECT_EQ(descriptor->temporal_layer, 1);
  EXPECT_TRUE(descriptor->switching_up_point);
  EXPECT_EQ(descriptor->spatial_layer, 2);
  EXPECT_TRUE(descriptor->inter_layer_dependency);
  EXPECT_EQ(descriptor->tl0_picture_index, 7);
  EXPECT_EQ(descriptor->size, 5U);
  EXPECT_FALSE(descriptor->starts_key_frame());  // an upper layer of a key picture
}

TEST(Vp9, KnowsAKeyFrameByItsLowestLayer) {
  EXPECT_TRUE(parse_vp9(hex("a8 05 00 07 ff"))->starts_key_frame());
  EXPECT_TRUE(parse_vp9(hex("88 05 ff"))->starts_key_frame());   // no layers at all
  EXPECT_FALSE(parse_vp9(hex("80 05 ff"))->starts_key_frame());  // not the beginning
  EXPECT_FALSE(parse_vp9(hex("c8 05 ff"))->starts_key_frame());  // inter-predicted
}

TEST(Vp9, SkipsReferencesOfFlexibleMode) {
  // I P F B: two references.
  const auto descriptor = parse_vp9(hex("d8 05 03 04 ff"));
  ASSERT_TRUE(descriptor);
  EXPECT_EQ(descriptor->size, 4U);
  EXPECT_FALSE(parse_vp9(hex("d8 05 03 05 07 ff")));  // a third that announces a fourth
}

TEST(Vp9, SkipsTheScalabilityStructure) {
  // V: two layers with sizes, a group of two pictures with one and two references.
  const auto descriptor = parse_vp9(hex("8a 05 38 0140 00b4 0280 0168 02 04 01 08 01 02 ff"));
  ASSERT_TRUE(descriptor);
  EXPECT_EQ(descriptor->spatial_layers, 2);
  EXPECT_EQ(descriptor->size, 17U);
}

TEST(Vp9, RefusesAStructureThatIsCutShort) {
  EXPECT_FALSE(parse_vp9(hex("8a 05 38 0140 00b4 0280")));
  EXPECT_FALSE(parse_vp9(hex("8a 05 08 ff 0c")));
  EXPECT_FALSE(parse_vp9(hex("80 05")));
}

}  // namespace
}  // namespace parlance::rtp
