#include "sfu/forward/payload_types.h"

#include <gtest/gtest.h>

#include "tests/support/sfu/media_samples.h"

namespace parlance::sfu {
namespace {

TEST(PayloadTypes, MapThePublishersNumbersToTheRouters) {
  const auto options = test::video_producer(1, 1000);
  const PayloadTypes types(options.parameters, options.mapping);
  EXPECT_EQ(types[test::kVideoType].use, PayloadType::Use::kMedia);
  EXPECT_EQ(types[test::kVideoType].codec, rtp::Codec::kVp8);
  EXPECT_EQ(types[test::kVideoType].router_number, test::kRouterVideoType);
  EXPECT_EQ(types[test::kVideoRtxType].use, PayloadType::Use::kRtx);
  EXPECT_EQ(types[test::kVideoRtxType].media_number, test::kVideoType);
  EXPECT_EQ(types[55].use, PayloadType::Use::kNone);
  EXPECT_EQ(types.primary().codec, rtp::Codec::kVp8);
}

TEST(PayloadTypes, LeaveOutWhatTheMappingLacks) {
  auto options = test::video_producer(1, 1000);
  options.mapping.codecs.clear();
  const PayloadTypes types(options.parameters, options.mapping);
  EXPECT_EQ(types[test::kVideoType].use, PayloadType::Use::kNone);
  EXPECT_EQ(types.primary().use, PayloadType::Use::kNone);
}

TEST(PayloadTypes, TakeNoRtxWithoutItsMediaType) {
  rtp::RtpCodecParameters codec;
  codec.mime_type = "video/rtx";
  EXPECT_FALSE(associated_payload_type(codec).has_value());
  codec.parameters["apt"] = std::int64_t{96};
  EXPECT_EQ(associated_payload_type(codec), 96);
  codec.parameters["apt"] = std::int64_t{1000};
  EXPECT_FALSE(associated_payload_type(codec).has_value());
  codec.parameters["apt"] = std::string("96");
  EXPECT_FALSE(associated_payload_type(codec).has_value());
  codec.mime_type = "video/VP8";
  codec.parameters["apt"] = std::int64_t{96};
  EXPECT_FALSE(associated_payload_type(codec).has_value());
}

TEST(PayloadTypes, FindFeedbackByTypeAndParameter) {
  const auto options = test::video_producer(1, 1000);
  const auto& codec = options.parameters.codecs.front();
  EXPECT_TRUE(has_feedback(codec, "nack", ""));
  EXPECT_TRUE(has_feedback(codec, "nack", "pli"));
  EXPECT_FALSE(has_feedback(codec, "nack", "sli"));
  EXPECT_FALSE(has_feedback(codec, "goog-remb", ""));
}

}  // namespace
}  // namespace parlance::sfu
