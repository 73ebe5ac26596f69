#include "signaling/session/rate_bucket.h"

#include <gtest/gtest.h>

namespace parlance::signaling {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp kStart{std::chrono::seconds(1000)};

TEST(RateBucket, GrantsABurstAndThenTheRate) {
  RateBucket bucket({10, 3}, kStart);
  EXPECT_TRUE(bucket.take(kStart));
  EXPECT_TRUE(bucket.take(kStart));
  EXPECT_TRUE(bucket.take(kStart));
  EXPECT_FALSE(bucket.take(kStart));
  EXPECT_EQ(bucket.wait_ms(), 100U);
  EXPECT_FALSE(bucket.take(kStart + milliseconds(99)));
  EXPECT_TRUE(bucket.take(kStart + milliseconds(100)));
}

TEST(RateBucket, HoldsNoMoreThanItsBurst) {
  RateBucket bucket({10, 1}, kStart);
  const Timestamp later = kStart + std::chrono::hours(24 * 365 * 100);
  EXPECT_TRUE(bucket.take(later));
  EXPECT_FALSE(bucket.take(later));
}

TEST(RateBucket, IsFullAgainAfterAWhile) {
  RateBucket bucket({10, 2}, kStart);
  EXPECT_TRUE(bucket.full(kStart));
  EXPECT_TRUE(bucket.take(kStart));
  EXPECT_FALSE(bucket.full(kStart));
  EXPECT_TRUE(bucket.full(kStart + milliseconds(100)));
}

}  // namespace
}  // namespace parlance::signaling
