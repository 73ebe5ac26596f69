#include "bench/load/picture_checker.h"

#include <vector>

#include <gtest/gtest.h>

#include "bench/load/clip.h"

namespace parlance::load {
namespace {

std::vector<std::uint8_t> frame_of(const Clip& clip, std::size_t number) {
  std::vector<std::uint8_t> bytes;
  const ClipFrame& frame = clip.frames[number];
  for (std::size_t i = 0; i < frame.count; ++i) {
    const auto& part = clip.payloads[frame.first + i];
    bytes.insert(bytes.end(), part.begin(), part.end());
  }
  return bytes;
}

const Clip& clip() {
  static const Clip encoded =
      encode_vp8({.size = {320, 180}, .fps = 30, .bits_per_second = 300'000, .frames = 40});
  return encoded;
}

TEST(PictureChecker, ReadsTheNumbersOfEncodedPictures) {
  PictureChecker checker;
  for (std::size_t n = 0; n < clip().frames.size(); ++n) {
    EXPECT_EQ(checker.check(frame_of(clip(), n), clip().frames.size()), n);
  }
  // The clip begins anew.
  EXPECT_EQ(checker.check(frame_of(clip(), 0), clip().frames.size()), 0);
  EXPECT_EQ(checker.counters().decoded, clip().frames.size() + 1);
  EXPECT_EQ(checker.counters().out_of_order, 0u);
  EXPECT_EQ(checker.counters().unreadable, 0u);
}

TEST(PictureChecker, NoticesAPictureThatIsMissing) {
  PictureChecker checker;
  checker.check(frame_of(clip(), 0), clip().frames.size());
  checker.check(frame_of(clip(), 1), clip().frames.size());
  checker.check(frame_of(clip(), 3), clip().frames.size());
  EXPECT_EQ(checker.counters().out_of_order + checker.counters().unreadable, 1u);
}

TEST(PictureChecker, CountsWhatTheDecoderRefuses) {
  PictureChecker checker;
  EXPECT_FALSE(checker.check(std::vector<std::uint8_t>{1, 2, 3}, 40));
  EXPECT_EQ(checker.counters().broken, 1u);
}

TEST(SoundChecker, DecodesWhatTheEncoderMade) {
  SoundChecker checker;
  const Clip sound = encode_opus(32'000, 20);
  for (const auto& packet : sound.payloads) {
    checker.check(packet);
  }
  EXPECT_EQ(checker.counters().decoded, 20u);
  EXPECT_EQ(checker.counters().broken, 0u);
}

}  // namespace
}  // namespace parlance::load
