#include "bench/load/histogram.h"

#include <gtest/gtest.h>

namespace parlance::load {
namespace {

void expect_near(Nanoseconds value, Nanoseconds wanted) {
  EXPECT_GE(value, wanted);
  EXPECT_LE(value, wanted + wanted / 32 + 1);
}

TEST(Histogram, KnowsPercentilesWithinAFewPercent) {
  Histogram histogram;
  for (Nanoseconds us = 1; us <= 1000; ++us) {
    histogram.add(us * kMicrosecond);
  }
  EXPECT_EQ(histogram.count(), 1000u);
  expect_near(histogram.percentile(0.5), 501 * kMicrosecond);
  expect_near(histogram.percentile(0.99), 991 * kMicrosecond);
  EXPECT_EQ(histogram.percentile(1), kMillisecond);
  EXPECT_EQ(histogram.most(), kMillisecond);
}

TEST(Histogram, IsExactForSmallValuesAndHoldsTheLargest) {
  Histogram histogram;
  histogram.add(7);
  EXPECT_EQ(histogram.percentile(0.5), 7);
  histogram.add(-5);
  EXPECT_EQ(histogram.percentile(0.1), 0);
  histogram.add(7200 * kSecond);
  EXPECT_GT(histogram.most(), 1000 * kSecond);
  EXPECT_EQ(histogram.percentile(1), histogram.most());
}

TEST(Histogram, MergesAsIfAllHadBeenAddedToOne) {
  Histogram one;
  Histogram other;
  one.add(10 * kMicrosecond);
  other.add(30 * kMicrosecond);
  other.add(50 * kMicrosecond);
  one.merge(other);
  EXPECT_EQ(one.count(), 3u);
  expect_near(one.percentile(0.5), 30 * kMicrosecond);
  EXPECT_EQ(one.most(), 50 * kMicrosecond);
}

TEST(Histogram, OfNothingIsZero) {
  EXPECT_EQ(Histogram().percentile(0.99), 0);
}

}  // namespace
}  // namespace parlance::load
