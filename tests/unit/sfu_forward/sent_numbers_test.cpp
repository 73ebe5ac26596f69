#include "sfu/forward/sent_numbers.h"

#include <gtest/gtest.h>

namespace parlance::sfu {
namespace {

TEST(SentNumbers, AreTakenOnce) {
  SentNumbers numbers;
  EXPECT_TRUE(numbers.take(0));
  EXPECT_FALSE(numbers.take(0));
  EXPECT_TRUE(numbers.take(3));
  EXPECT_TRUE(numbers.take(1));
  EXPECT_FALSE(numbers.take(1));
  EXPECT_FALSE(numbers.take(3));
}

TEST(SentNumbers, GoOnAcrossTheRollOver) {
  SentNumbers numbers;
  EXPECT_TRUE(numbers.take(65'534));
  EXPECT_TRUE(numbers.take(2));
  EXPECT_TRUE(numbers.take(65'535));
  EXPECT_FALSE(numbers.take(65'534));
  for (std::uint32_t i = 3; i < 200'000; ++i) {
    ASSERT_TRUE(numbers.take(static_cast<std::uint16_t>(i))) << i;
  }
}

TEST(SentNumbers, OlderOnesThanTheWindowAreGone) {
  SentNumbers numbers;
  EXPECT_TRUE(numbers.take(5000));
  EXPECT_FALSE(numbers.take(5000 - SentNumbers::kWindow));
  EXPECT_TRUE(numbers.take(5000 - SentNumbers::kWindow + 1));
}

TEST(SentNumbers, AJumpLeavesNothingBehind) {
  SentNumbers numbers;
  EXPECT_TRUE(numbers.take(5));
  EXPECT_TRUE(numbers.take(5 + SentNumbers::kWindow));
  EXPECT_FALSE(numbers.take(5 + SentNumbers::kWindow));
  EXPECT_TRUE(numbers.take(6 + SentNumbers::kWindow + 500));
  EXPECT_TRUE(numbers.take(6 + SentNumbers::kWindow + 499));
}

}  // namespace
}  // namespace parlance::sfu
