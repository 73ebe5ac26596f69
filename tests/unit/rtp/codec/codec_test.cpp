#include "rtp/codec/codec.h"

#include <gtest/gtest.h>

#include "rtp/codec/av1.h"
#include "rtp/codec/h264.h"
#include "rtp/codec/vp8.h"
#include "rtp/codec/vp9.h"
#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::hex;

TEST(Codec, IsKnownByItsMimeTypeInAnyCase) {
  EXPECT_EQ(codec_from_mime("video/VP8"), Codec::kVp8);
  EXPECT_EQ(codec_from_mime("VIDEO/vp9"), Codec::kVp9);
  EXPECT_EQ(codec_from_mime("video/H264"), Codec::kH264);
  EXPECT_EQ(codec_from_mime("video/AV1"), Codec::kAv1);
  EXPECT_EQ(codec_from_mime("audio/opus"), Codec::kOpus);
  EXPECT_EQ(codec_from_mime("video/rtx"), Codec::kOther);
  EXPECT_EQ(codec_from_mime("video/VP80"), Codec::kOther);
  EXPECT_EQ(codec_from_mime(""), Codec::kOther);
}

TEST(Codec, DescribesThePayloadOfAPacket) {
  const auto bytes = hex("80 65 0001 00000000 00000001 90 80 05 10 02");
  const auto packet = PacketView::parse(bytes, {}).value();
  const PayloadInfo vp8 = describe_payload(Codec::kVp8, packet);
  EXPECT_TRUE(vp8.valid);
  EXPECT_TRUE(vp8.starts_frame);
  EXPECT_TRUE(vp8.starts_key_frame);
  const PayloadInfo opus = describe_payload(Codec::kOpus, packet);
  EXPECT_TRUE(opus.valid);
  EXPECT_FALSE(opus.starts_key_frame);
}

TEST(Codec, CallsAnEmptyVideoPayloadInvalid) {
  const auto bytes = hex("80 65 0001 00000000 00000001");
  const auto packet = PacketView::parse(bytes, {}).value();
  for (const Codec codec : {Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kAv1}) {
    EXPECT_FALSE(describe_payload(codec, packet).valid);
  }
}

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
