#include "rtp/ortc_match.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace parlance::rtp::ortc {
namespace {

RtpCodecParameters codec(std::string mime_type, CodecParameterMap parameters = {}) {
  RtpCodecParameters made;
  made.mime_type = std::move(mime_type);
  made.clock_rate = 90000;
  made.parameters = std::move(parameters);
  return made;
}

bool same(const RtpCodecParameters& a, const RtpCodecParameters& b) {
  EXPECT_EQ(is_same_codec(view_of(a), view_of(b)), is_same_codec(view_of(b), view_of(a)));
  return is_same_codec(view_of(a), view_of(b));
}

TEST(Rtx, IsToldByTheSubtypeInAnyCase) {
  EXPECT_TRUE(is_rtx("video/rtx"));
  EXPECT_TRUE(is_rtx("audio/RTX"));
  EXPECT_FALSE(is_rtx("video/VP8"));
  EXPECT_FALSE(is_rtx("video/xrtx"));
  EXPECT_FALSE(is_rtx("rtx"));
  EXPECT_FALSE(is_rtx(""));
}

TEST(KindOf, IsTheTypeInAnyCaseAndNothingElse) {
  EXPECT_EQ(kind_of("audio/opus"), MediaKind::kAudio);
  EXPECT_EQ(kind_of("Video/VP8"), MediaKind::kVideo);
  EXPECT_EQ(kind_of("videos/VP8"), std::nullopt);
  EXPECT_EQ(kind_of("application/octet-stream"), std::nullopt);
  EXPECT_EQ(kind_of(""), std::nullopt);
}

TEST(SameCodec, ComparesMimeTypeWithoutCaseAndClockRate) {
  EXPECT_TRUE(same(codec("video/VP8"), codec("VIDEO/vp8")));
  EXPECT_FALSE(same(codec("video/VP8"), codec("video/VP9")));
  RtpCodecParameters faster = codec("video/VP8");
  faster.clock_rate = 180000;
  EXPECT_FALSE(same(codec("video/VP8"), faster));
}

TEST(SameCodec, TakesAbsentChannelsForOne) {
  RtpCodecParameters mono = codec("audio/opus");
  mono.channels = std::uint8_t{1};
  RtpCodecParameters stereo = codec("audio/opus");
  stereo.channels = std::uint8_t{2};
  EXPECT_TRUE(same(codec("audio/opus"), mono));
  EXPECT_FALSE(same(codec("audio/opus"), stereo));
}

TEST(SameCodec, ComparesTheParametersThatMakeStreamsIncompatible) {
  EXPECT_FALSE(same(codec("video/VP9"), codec("video/VP9", {{"profile-id", std::int64_t{2}}})));
  EXPECT_TRUE(same(codec("video/VP9"), codec("video/VP9", {{"profile-id", std::string("0")}})));
  EXPECT_FALSE(same(codec("video/AV1"), codec("video/AV1", {{"profile", std::int64_t{1}}})));
  const auto h264 = [](std::int64_t mode, std::string profile) {
    return codec("video/H264",
                 {{"packetization-mode", mode}, {"profile-level-id", std::move(profile)}});
  };
  EXPECT_TRUE(same(h264(1, "42e01f"), h264(1, "42e034")));
  EXPECT_FALSE(same(h264(1, "42e01f"), h264(0, "42e01f")));
  EXPECT_FALSE(same(h264(1, "42e01f"), h264(1, "640032")));
}

TEST(SameCodec, IgnoresTheParametersOfOtherCodecs) {
  EXPECT_TRUE(same(codec("video/VP8"), codec("video/VP8", {{"profile-id", std::int64_t{2}}})));
  EXPECT_TRUE(same(codec("audio/opus"), codec("audio/opus", {{"useinbandfec", std::int64_t{1}}})));
}

TEST(AssociatedPayloadType, IsASevenBitNumber) {
  EXPECT_EQ(associated_payload_type({{"apt", std::int64_t{96}}}), 96);
  EXPECT_EQ(associated_payload_type({{"apt", std::string("127")}}), 127);
  EXPECT_EQ(associated_payload_type({{"apt", std::int64_t{0}}}), 0);
  EXPECT_EQ(associated_payload_type({{"apt", std::int64_t{128}}}), std::nullopt);
  EXPECT_EQ(associated_payload_type({{"apt", std::int64_t{-1}}}), std::nullopt);
  EXPECT_EQ(associated_payload_type({{"apt", std::string("VP8")}}), std::nullopt);
  EXPECT_EQ(associated_payload_type({}), std::nullopt);
}

}  // namespace
}  // namespace parlance::rtp::ortc
