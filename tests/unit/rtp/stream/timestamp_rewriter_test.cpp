#include "rtp/stream/timestamp_rewriter.h"

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::kStart;
using test::ms;

TEST(TimestampRewriter, PassesTheFirstSourceThrough) {
  TimestampRewriter rewriter(90'000);
  rewriter.switch_source(kStart, 777);
  EXPECT_EQ(rewriter.map(777), 777U);
}

TEST(TimestampRewriter, AdvancesByTheTimePassedWhenTheSourceChanges) {
  TimestampRewriter rewriter(90'000);
  rewriter.on_sent(kStart, 1000);
  rewriter.switch_source(kStart + ms(100), 0xFFFFFF00);
  EXPECT_EQ(rewriter.map(0xFFFFFF00), 10'000U);
  EXPECT_EQ(rewriter.map(0xFFFFFF00 + 3000), 13'000U);
}

TEST(TimestampRewriter, NeverRepeatsATimestampAcrossSources) {
  TimestampRewriter rewriter(90'000);
  rewriter.on_sent(kStart, 1000);
  rewriter.switch_source(kStart, 5);
  EXPECT_EQ(rewriter.map(5), 1001U);
}

}  // namespace
}  // namespace parlance::rtp
