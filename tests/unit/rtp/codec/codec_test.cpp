#include "rtp/codec/codec.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace parlance::rtp
