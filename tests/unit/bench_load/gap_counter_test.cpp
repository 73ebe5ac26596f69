#include "bench/load/gap_counter.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace parlance::load {
namespace {

TEST(GapCounter, CountsWhatIsMissingAcrossTheWrap) {
  GapCounter gaps;
  for (std::uint32_t n = 65'530; n < 65'550; ++n) {
    if (n != 65'533 && n != 65'537) {
      gaps.add(static_cast<std::uint16_t>(n));
    }
  }
  EXPECT_EQ(gaps.totals().expected, 20u);
  EXPECT_EQ(gaps.totals().received, 18u);
  EXPECT_EQ(gaps.totals().duplicates, 0u);
  EXPECT_EQ(gaps.highest(), 65'549 - 65'536);
}

TEST(GapCounter, ALatePacketFillsItsGapOnce) {
  GapCounter gaps;
  for (const int n : {10, 11, 14, 12, 12, 14}) {
    gaps.add(static_cast<std::uint16_t>(n));
  }
  EXPECT_EQ(gaps.totals().expected, 5u);
  EXPECT_EQ(gaps.totals().received, 4u);
  EXPECT_EQ(gaps.totals().duplicates, 2u);
}

TEST(GapCounter, WhatIsOlderThanItsWindowCountsAsADuplicate) {
  GapCounter gaps;
  gaps.add(1);
  gaps.add(200);
  gaps.add(2);
  EXPECT_EQ(gaps.totals().expected, 200u);
  EXPECT_EQ(gaps.totals().received, 2u);
  EXPECT_EQ(gaps.totals().duplicates, 1u);
}

}  // namespace
}  // namespace parlance::load
