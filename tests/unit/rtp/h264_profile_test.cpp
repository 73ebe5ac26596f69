#include "rtp/h264_profile.h"

#include <gtest/gtest.h>

namespace parlance::rtp {
namespace {

CodecParameterMap with(std::string id, std::int64_t asymmetry = 0) {
  return {{"profile-level-id", std::move(id)}, {"level-asymmetry-allowed", asymmetry}};
}

std::optional<H264Profile> profile_of(std::string_view text) {
  const auto parsed = parse_profile_level_id(text);
  return parsed ? std::optional(parsed->profile) : std::nullopt;
}

TEST(H264Profile, KnowsTheProfilesOfTheRfcsTable) {
  EXPECT_EQ(profile_of("42e01f"), H264Profile::kConstrainedBaseline);
  EXPECT_EQ(profile_of("42C02A"), H264Profile::kConstrainedBaseline);
  EXPECT_EQ(profile_of("4de01f"), H264Profile::kConstrainedBaseline);
  EXPECT_EQ(profile_of("58f01f"), H264Profile::kConstrainedBaseline);
  EXPECT_EQ(profile_of("42a01f"), H264Profile::kBaseline);
  EXPECT_EQ(profile_of("42001f"), H264Profile::kBaseline);
  EXPECT_EQ(profile_of("58a01f"), H264Profile::kBaseline);
  EXPECT_EQ(profile_of("4d401f"), H264Profile::kMain);
  EXPECT_EQ(profile_of("4d001f"), H264Profile::kMain);
  EXPECT_EQ(profile_of("64001f"), H264Profile::kHigh);
  EXPECT_EQ(profile_of("640c1f"), H264Profile::kConstrainedHigh);
  EXPECT_EQ(profile_of("f4001f"), H264Profile::kPredictiveHigh444);
}

TEST(H264Profile, ReadsLevelsAndTheSpecialOne) {
  EXPECT_EQ(parse_profile_level_id("42e01f")->level, 31);
  EXPECT_EQ(parse_profile_level_id("42e00b")->level, 11);
  EXPECT_EQ(parse_profile_level_id("42f00b")->level, H264ProfileLevel::kLevel1b);
  EXPECT_EQ(parse_profile_level_id("42100b")->level, H264ProfileLevel::kLevel1b);
  EXPECT_EQ(parse_profile_level_id("640034")->level, 52);
  EXPECT_FALSE(
      parse_profile_level_id("64000c"
                             "0"));
}

TEST(H264Profile, RefusesWhatIsNoProfileLevelId) {
  for (const char* text : {"",
                           "42e01",
                           "42e01f0",
                           "gggggg",
                           "42e000",
                           "42e00f",
                           "42e0ff",
                           "000000",
                           "58601f",
                           "640800",
                           "0x42e0",
                           "-2e01f",
                           " 2e01f"}) {
    EXPECT_FALSE(parse_profile_level_id(text)) << text;
  }
}

TEST(H264Profile, FormatsWhatItParses) {
  for (const char* text :
       {"42e01f", "42000a", "4d0032", "640c2a", "640032", "f40034", "42f00b", "42100b", "4d100b"}) {
    EXPECT_EQ(format_profile_level_id(parse_profile_level_id(text).value()), text);
  }
  EXPECT_FALSE(format_profile_level_id({H264Profile::kHigh, H264ProfileLevel::kLevel1b}));
}

TEST(H264Profile, TakesAMissingOneForConstrainedBaseline) {
  EXPECT_TRUE(is_same_h264_profile({}, with("42e034")));
  EXPECT_FALSE(is_same_h264_profile({}, with("640034")));
  EXPECT_FALSE(is_same_h264_profile({}, with("nonsense")));
  EXPECT_TRUE(is_same_h264_profile(with("640034"), with("64001f")));
}

TEST(H264Profile, AnswersWithTheLowerLevel) {
  EXPECT_EQ(answer_profile_level_id(with("42e01f"), with("42e015")), "42e015");
  EXPECT_EQ(answer_profile_level_id(with("42e01f"), with("42e034")), "42e01f");
  EXPECT_EQ(answer_profile_level_id(with("42e01f", 1), with("42e015", 0)), "42e015");
}

TEST(H264Profile, AnswersWithTheLocalLevelWhereBothAllowAsymmetry) {
  EXPECT_EQ(answer_profile_level_id(with("42e01f", 1), with("42e015", 1)), "42e01f");
  CodecParameterMap as_text = with("42e015");
  as_text["level-asymmetry-allowed"] = std::string("1");
  EXPECT_EQ(answer_profile_level_id(with("42e01f", 1), as_text), "42e01f");
}

TEST(H264Profile, PutsLevel1bBetweenItsNeighbours) {
  EXPECT_EQ(answer_profile_level_id(with("42f00b"), with("42e00b")), "42f00b");
  EXPECT_EQ(answer_profile_level_id(with("42f00b"), with("42e00a")), "42e00a");
}

TEST(H264Profile, AnswersNothingForDifferentProfiles) {
  EXPECT_FALSE(answer_profile_level_id(with("42e01f"), with("42001f")));
  EXPECT_FALSE(answer_profile_level_id({}, {}));
}

}  // namespace
}  // namespace parlance::rtp
