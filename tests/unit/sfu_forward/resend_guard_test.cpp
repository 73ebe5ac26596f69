#include "sfu/forward/resend_guard.h"

#include <gtest/gtest.h>

namespace parlance::sfu {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kNow{1000s};

TEST(ResendGuard, AllowsANumberOncePerRoundTrip) {
  ResendGuard guard;
  EXPECT_TRUE(guard.allow(kNow, 7, 50ms));
  EXPECT_FALSE(guard.allow(kNow + 49ms, 7, 50ms));
  EXPECT_TRUE(guard.allow(kNow + 50ms, 7, 50ms));
  EXPECT_TRUE(guard.allow(kNow + 50ms, 8, 50ms));
}

TEST(ResendGuard, DoesNotTakeAnotherNumberForTheSame) {
  ResendGuard guard;
  EXPECT_TRUE(guard.allow(kNow, 7, 50ms));
  EXPECT_TRUE(guard.allow(kNow, 7 + ResendGuard::kRemembered, 50ms));
}

TEST(ResendGuard, AllowsNumberZeroAtFirst) {
  ResendGuard guard;
  EXPECT_TRUE(guard.allow(kNow, 0, 50ms));
  EXPECT_FALSE(guard.allow(kNow, 0, 50ms));
}

}  // namespace
}  // namespace parlance::sfu
