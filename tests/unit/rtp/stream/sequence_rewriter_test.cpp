#include "rtp/stream/sequence_rewriter.h"

#include <gtest/gtest.h>

namespace parlance::rtp {
namespace {

TEST(SequenceRewriter, StartsWhereItWasToldAndKeepsGaps) {
  SequenceRewriter rewriter(1000);
  rewriter.start_run(70'000);
  EXPECT_EQ(rewriter.map(70'000), 1000);
  EXPECT_EQ(rewriter.map(70'002), 1002);
  EXPECT_EQ(rewriter.map(70'001), 1001);  // repaired later
}

TEST(SequenceRewriter, ClosesTheGapOfAPause) {
  SequenceRewriter rewriter(10);
  rewriter.start_run(100);
  rewriter.map(100);
  rewriter.map(101);
  rewriter.start_run(500);
  EXPECT_EQ(rewriter.map(500), 12);
  EXPECT_FALSE(rewriter.map(300));
  EXPECT_FALSE(rewriter.map(99));
}

TEST(SequenceRewriter, StillPlacesALatePacketOfARunBefore) {
  SequenceRewriter rewriter(10);
  rewriter.start_run(100);
  rewriter.map(100);
  rewriter.map(102);
  rewriter.start_run(500);
  rewriter.map(500);
  EXPECT_EQ(rewriter.map(101), 11);
}

TEST(SequenceRewriter, ForgetsLatePacketsOfAnotherSource) {
  SequenceRewriter rewriter(10);
  rewriter.start_run(100, 1);
  rewriter.map(100);
  rewriter.map(102);
  rewriter.start_run(7, 2);
  EXPECT_EQ(rewriter.map(7), 13);
  EXPECT_FALSE(rewriter.map(5));
}

TEST(SequenceRewriter, ClosesTheGapOfASkippedPacket) {
  SequenceRewriter rewriter(0);
  rewriter.start_run(100);
  rewriter.map(100);
  EXPECT_TRUE(rewriter.skip(101));
  EXPECT_TRUE(rewriter.skip(102));
  EXPECT_EQ(rewriter.map(103), 1);
  EXPECT_FALSE(rewriter.map(101));
}

TEST(SequenceRewriter, KeepsThePlaceOfPacketsMissingBeforeASkippedOne) {
  SequenceRewriter rewriter(0);
  rewriter.start_run(100);
  rewriter.map(100);
  rewriter.skip(103);  // 101 and 102 are missing
  EXPECT_EQ(rewriter.map(104), 3);
  EXPECT_EQ(rewriter.map(101), 1);
  EXPECT_EQ(rewriter.map(102), 2);
}

TEST(SequenceRewriter, RefusesToSkipWhatHasItsPlace) {
  SequenceRewriter rewriter(0);
  rewriter.start_run(100);
  rewriter.map(100);
  rewriter.map(102);
  EXPECT_FALSE(rewriter.skip(101));
  EXPECT_EQ(rewriter.map(101), 1);
}

TEST(SequenceRewriter, FindsTheInputOfAnOutput) {
  SequenceRewriter rewriter(65'534);
  rewriter.start_run(100, 1);
  rewriter.map(100);
  rewriter.map(101);
  rewriter.start_run(500, 2);
  rewriter.map(500);
  rewriter.skip(501);
  rewriter.map(502);
  EXPECT_EQ(rewriter.find(65'534)->sequence, 100);
  EXPECT_EQ(rewriter.find(65'535)->sequence, 101);
  EXPECT_EQ(rewriter.find(65'535)->source, 1U);
  EXPECT_EQ(rewriter.find(0)->sequence, 500);
  EXPECT_EQ(rewriter.find(0)->source, 2U);
  EXPECT_EQ(rewriter.find(1)->sequence, 502);
  EXPECT_FALSE(rewriter.find(2));
  EXPECT_FALSE(rewriter.find(65'533));
}

TEST(SequenceRewriter, HasNothingToFindBeforeTheFirstPacket) {
  SequenceRewriter rewriter(5);
  EXPECT_FALSE(rewriter.find(5));
  rewriter.start_run(100);
  EXPECT_FALSE(rewriter.find(5));
  EXPECT_FALSE(rewriter.find(4));
}

TEST(SequenceRewriter, StaysDenseWhenEverySecondPacketIsSkipped) {
  SequenceRewriter rewriter(0);
  rewriter.start_run(0);
  for (ExtendedSequence i = 0; i < 10'000; i += 2) {
    EXPECT_EQ(rewriter.map(i), static_cast<std::uint16_t>(i / 2));
    rewriter.skip(i + 1);
  }
  EXPECT_EQ(rewriter.find(4999)->sequence, 9998);
  EXPECT_EQ(rewriter.find(4900)->sequence, 9800);
  EXPECT_FALSE(rewriter.find(100));  // too long ago
}

}  // namespace
}  // namespace parlance::rtp
