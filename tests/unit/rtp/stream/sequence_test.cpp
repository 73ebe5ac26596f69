#include "rtp/stream/sequence.h"

#include <gtest/gtest.h>

namespace parlance::rtp {
namespace {

TEST(SequenceTracker, CountsOnAcrossTheWrap) {
  SequenceTracker tracker;
  EXPECT_EQ(tracker.update(65534).verdict, SequenceVerdict::kFirst);
  EXPECT_EQ(tracker.update(65535).extended, 65535);
  const auto update = tracker.update(1);
  EXPECT_EQ(update.verdict, SequenceVerdict::kNewest);
  EXPECT_EQ(update.extended, 65537);
  EXPECT_EQ(update.gap, 1);
}

TEST(SequenceTracker, PlacesLatePacketsBehindTheNewest) {
  SequenceTracker tracker;
  tracker.update(10);
  tracker.update(20);
  const auto late = tracker.update(15);
  EXPECT_EQ(late.verdict, SequenceVerdict::kLate);
  EXPECT_EQ(late.extended, 15);
  EXPECT_EQ(tracker.update(20).verdict, SequenceVerdict::kLate);
  EXPECT_EQ(tracker.newest(), 20);
}

TEST(SequenceTracker, GoesBelowZeroForPacketsFromBeforeTheFirst) {
  SequenceTracker tracker;
  tracker.update(1);
  const auto late = tracker.update(65535);
  EXPECT_EQ(late.verdict, SequenceVerdict::kLate);
  EXPECT_EQ(late.extended, -1);
}

TEST(SequenceTracker, AcceptsGapsUpToTheDropoutOnly) {
  SequenceTracker tracker;
  tracker.update(0);
  EXPECT_EQ(tracker.update(kMaxDropout - 1).verdict, SequenceVerdict::kNewest);
  SequenceTracker other;
  other.update(0);
  EXPECT_EQ(other.update(kMaxDropout).verdict, SequenceVerdict::kBad);
}

TEST(SequenceTracker, AcceptsLatenessUpToTheMisorderOnly) {
  SequenceTracker tracker;
  tracker.update(10000);
  EXPECT_EQ(tracker.update(10000 - kMaxMisorder + 1).verdict, SequenceVerdict::kLate);
  EXPECT_EQ(tracker.update(10000 - kMaxMisorder).verdict, SequenceVerdict::kBad);
}

TEST(SequenceTracker, FollowsAJumpOnceASecondPacketConfirmsIt) {
  SequenceTracker tracker;
  tracker.update(100);
  EXPECT_EQ(tracker.update(30000).verdict, SequenceVerdict::kBad);
  EXPECT_EQ(tracker.newest(), 100);
  const auto update = tracker.update(30001);
  EXPECT_EQ(update.verdict, SequenceVerdict::kReset);
  EXPECT_GT(update.extended, 100);
  EXPECT_EQ(update.extended % 65536, 30001);
  EXPECT_EQ(tracker.update(30002).verdict, SequenceVerdict::kNewest);
}

TEST(SequenceTracker, IgnoresALonePacketFarOff) {
  SequenceTracker tracker;
  tracker.update(100);
  EXPECT_EQ(tracker.update(30000).verdict, SequenceVerdict::kBad);
  EXPECT_EQ(tracker.update(101).extended, 101);
  EXPECT_EQ(tracker.update(40000).verdict, SequenceVerdict::kBad);
}

TEST(SequenceTracker, ExtendsWithoutLearning) {
  SequenceTracker tracker;
  tracker.update(65535);
  tracker.update(3);
  EXPECT_EQ(tracker.extend(65530), 65530);
  EXPECT_EQ(tracker.extend(10), 65546);
  EXPECT_EQ(tracker.newest(), 65539);
}

TEST(SequenceTracker, RestartsWhereItIsTold) {
  SequenceTracker tracker;
  tracker.expect_restart();
  EXPECT_EQ(tracker.update(100).verdict, SequenceVerdict::kFirst) << "nothing to continue";
  tracker.expect_restart();
  const SequenceUpdate update = tracker.update(101);
  EXPECT_EQ(update.verdict, SequenceVerdict::kReset);
  EXPECT_EQ(update.extended, 0x10000 + 101);
  EXPECT_EQ(tracker.update(102).verdict, SequenceVerdict::kNewest);
}

}  // namespace
}  // namespace parlance::rtp
