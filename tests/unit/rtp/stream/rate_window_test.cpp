#include "rtp/stream/rate_window.h"

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::kStart;
using test::ms;

TEST(RateWindow, MeasuresASteadyStream) {
  RateWindow rate;
  for (int i = 0; i < 200; ++i) {
    rate.add(kStart + ms(10) * i, 1250);
  }
  EXPECT_NEAR(static_cast<double>(rate.bits_per_second(kStart + ms(1990))), 1e6, 3e4);
  EXPECT_EQ(rate.total_packets(), 200U);
  EXPECT_EQ(rate.total_bytes(), 250'000U);
}

TEST(RateWindow, FallsToZeroInSilence) {
  RateWindow rate;
  rate.add(kStart, 1000);
  EXPECT_GT(rate.bits_per_second(kStart + ms(500)), 0U);
  EXPECT_EQ(rate.bits_per_second(kStart + ms(1001)), 0U);
  EXPECT_EQ(rate.bits_per_second(kStart + ms(100'000)), 0U);
  EXPECT_EQ(rate.total_bytes(), 1000U);
}

TEST(RateWindow, IsRightBeforeTheWindowIsFull) {
  RateWindow rate;
  for (int i = 0; i < 20; ++i) {
    rate.add(kStart + ms(10) * i, 1250);
  }
  EXPECT_NEAR(static_cast<double>(rate.bits_per_second(kStart + ms(199))), 1e6, 1e4);
}

TEST(RateWindow, KnowsNothingBeforeTheFirstPacket) {
  RateWindow rate;
  EXPECT_EQ(rate.bits_per_second(kStart), 0U);
}

}  // namespace
}  // namespace parlance::rtp
