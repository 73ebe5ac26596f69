#include "sfu/forward/stream_score.h"

#include <gtest/gtest.h>

namespace parlance::sfu {
namespace {

TEST(StreamScore, IsTenUntilLossIsReported) {
  StreamScore score;
  EXPECT_EQ(score.value(), 10);
  score.on_fraction_lost(0);
  EXPECT_EQ(score.value(), 10);
}

TEST(StreamScore, FallsWithLossAndRecoversSlowly) {
  StreamScore score;
  for (int i = 0; i < 24; ++i) {
    score.on_fraction_lost(64);  // a quarter: 10 * 0.75^4 = 3.16
  }
  EXPECT_EQ(score.value(), 3);
  score.on_fraction_lost(0);
  EXPECT_GT(score.value(), 2);
  EXPECT_LT(score.value(), 6);
  for (int i = 0; i < 24; ++i) {
    score.on_fraction_lost(0);
  }
  EXPECT_EQ(score.value(), 10);
}

TEST(StreamScore, CountsTheNewestMost) {
  StreamScore falling;
  StreamScore rising;
  for (int i = 0; i < 12; ++i) {
    falling.on_fraction_lost(i < 6 ? 0 : 255);
    rising.on_fraction_lost(i < 6 ? 255 : 0);
  }
  EXPECT_LT(falling.value(), rising.value());
}

}  // namespace
}  // namespace parlance::sfu
