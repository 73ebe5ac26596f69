#include "rtp/stream/nack_generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::kStart;
using test::ms;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::uint16_t> ask(NackGenerator& nack, Timestamp now) {
  std::vector<std::uint16_t> asked;
  nack.on_timeout(now, asked);
  return asked;
}

TEST(NackGenerator, AsksForTheGapAfterTheDelay) {
  NackGenerator nack;
  nack.on_packet(kStart, 10, false);
  nack.on_packet(kStart, 13, false);
  EXPECT_EQ(nack.next_timeout(), kStart + kNackDelay);
  EXPECT_THAT(ask(nack, kStart + kNackDelay - Duration(1)), IsEmpty());
  EXPECT_THAT(ask(nack, kStart + kNackDelay), ElementsAre(11, 12));
}

TEST(NackGenerator, NeverAsksForWhatWasOnlyReordered) {
  NackGenerator nack;
  nack.on_packet(kStart, 10, false);
  nack.on_packet(kStart, 12, false);
  EXPECT_TRUE(nack.on_packet(kStart + ms(5), 11, false));
  EXPECT_EQ(nack.next_timeout(), kNever);
  EXPECT_FALSE(nack.on_packet(kStart + ms(6), 11, false));
}

TEST(NackGenerator, AsksAgainAfterEachRoundTripTenTimesThenGivesUp) {
  NackGenerator nack;
  nack.set_rtt(ms(60));
  nack.on_packet(kStart, 10, false);
  nack.on_packet(kStart, 12, false);
  Timestamp at = kStart + kNackDelay;
  for (unsigned i = 0; i < kNackMaxRetries; ++i) {
    EXPECT_EQ(nack.next_timeout(), at);
    EXPECT_THAT(ask(nack, at), ElementsAre(11)) << i;
    at += ms(60);
  }
  EXPECT_THAT(ask(nack, at), IsEmpty());
  EXPECT_EQ(nack.missing(), 0U);
  EXPECT_EQ(nack.abandoned(), 1U);
  EXPECT_EQ(nack.next_timeout(), kNever);
}

TEST(NackGenerator, KeepsTheLeastIntervalOnShortPaths) {
  NackGenerator nack;
  nack.set_rtt(ms(1));
  nack.on_packet(kStart, 10, false);
  nack.on_packet(kStart, 12, false);
  ask(nack, kStart + kNackDelay);
  EXPECT_EQ(nack.next_timeout(), kStart + kNackDelay + kNackInterval);
}

TEST(NackGenerator, KeepsEachGapsOwnTime) {
  NackGenerator nack;
  nack.on_packet(kStart, 10, false);
  nack.on_packet(kStart, 12, false);
  nack.on_packet(kStart + ms(8), 14, false);
  EXPECT_THAT(ask(nack, kStart + ms(10)), ElementsAre(11));
  EXPECT_EQ(nack.next_timeout(), kStart + ms(18));
  EXPECT_THAT(ask(nack, kStart + ms(18)), ElementsAre(13));
}

TEST(NackGenerator, CrossesTheWrap) {
  NackGenerator nack;
  nack.on_packet(kStart, 65534, false);
  nack.on_packet(kStart, 65538, false);
  EXPECT_THAT(ask(nack, kStart + kNackDelay), ElementsAre(65535, 0, 1));
}

TEST(NackGenerator, NeedsAKeyFrameWhenTheListOverflows) {
  NackGenerator nack;
  nack.on_packet(kStart, 0, false);
  nack.on_packet(kStart, kNackMaxList + 2, false);
  EXPECT_TRUE(nack.take_key_frame_needed());
  EXPECT_FALSE(nack.take_key_frame_needed());
  EXPECT_EQ(nack.missing(), 0U);
}

TEST(NackGenerator, GivesUpWhatLiesBeforeAKeyFrameFirst) {
  NackGenerator nack;
  nack.on_packet(kStart, 0, false);
  nack.on_packet(kStart, 501, false);   // 500 missing
  nack.on_packet(kStart, 502, true);    // a key frame behind them
  nack.on_packet(kStart, 1103, false);  // 600 more
  EXPECT_FALSE(nack.take_key_frame_needed());
  EXPECT_EQ(nack.missing(), 600U);
  EXPECT_EQ(nack.abandoned(), 500U);
}

TEST(NackGenerator, NeedsNoKeyFrameWhenOneFollowsTheOverflow) {
  NackGenerator nack;
  nack.on_packet(kStart, 0, false);
  nack.on_packet(kStart, kNackMaxList + 2, true);
  EXPECT_FALSE(nack.take_key_frame_needed());
}

TEST(NackGenerator, ForgetsWhatIsTooOld) {
  NackGenerator nack;
  nack.on_packet(kStart, 0, false);
  nack.on_packet(kStart, 2, false);
  for (ExtendedSequence i = 3; i <= kNackMaxAge + 2; ++i) {
    nack.on_packet(kStart, i, false);
  }
  EXPECT_EQ(nack.missing(), 0U);
}

TEST(NackGenerator, HandsOutNoMoreThanOnePacketHolds) {
  NackGenerator nack;
  nack.on_packet(kStart, 0, false);
  nack.on_packet(kStart, 401, false);
  const Timestamp due = kStart + kNackDelay;
  EXPECT_EQ(ask(nack, due).size(), kNackMaxAsk);
  EXPECT_LE(nack.next_timeout(), due);
  EXPECT_EQ(ask(nack, due).size(), 400 - kNackMaxAsk);
  EXPECT_GT(nack.next_timeout(), due);
}

TEST(NackGenerator, StartsAnewAfterAReset) {
  NackGenerator nack;
  nack.on_packet(kStart, 0, false);
  nack.on_packet(kStart, 5, false);
  nack.reset();
  EXPECT_EQ(nack.next_timeout(), kNever);
  nack.on_packet(kStart, 100'000, false);
  EXPECT_EQ(nack.missing(), 0U);
}

}  // namespace
}  // namespace parlance::rtp
