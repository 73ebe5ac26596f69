#include "rtp/stream/key_frame_requester.h"

#include <vector>

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::kStart;
using test::ms;

// When it asked, in milliseconds since kStart, up to `until`.
std::vector<std::int64_t> asked(KeyFrameRequester& requester, Timestamp until) {
  std::vector<std::int64_t> times;
  while (requester.next_timeout() <= until) {
    const Timestamp now = requester.next_timeout();
    if (requester.on_timeout(now)) {
      times.push_back((now - kStart) / ms(1));
    }
  }
  return times;
}

TEST(KeyFrameRequester, AsksAtOnceForTheFirstWish) {
  KeyFrameRequester requester;
  EXPECT_FALSE(requester.on_timeout(kStart));
  requester.open_wish(kStart);
  EXPECT_TRUE(requester.on_timeout(kStart));
  EXPECT_FALSE(requester.on_timeout(kStart));
}

TEST(KeyFrameRequester, RepeatsUntilTheKeyFrameIsThere) {
  KeyFrameRequester requester;
  requester.open_wish(kStart);
  EXPECT_EQ(asked(requester, kStart + ms(350)), (std::vector<std::int64_t>{0, 100, 200, 300}));
  requester.close_wish();
  EXPECT_EQ(requester.next_timeout(), kNever);
}

TEST(KeyFrameRequester, SlowsDownForAPublisherThatNeverAnswers) {
  KeyFrameRequester requester;
  requester.open_wish(kStart);
  const auto times = asked(requester, kStart + ms(10'000));
  EXPECT_LE(times.size(), 22U);
  EXPECT_EQ(times[times.size() - 1] - times[times.size() - 2], kKeyFrameMaxInterval / ms(1));
}

TEST(KeyFrameRequester, AsksOnceForManyConsumers) {
  KeyFrameRequester requester;
  for (int i = 0; i < 15; ++i) {
    requester.open_wish(kStart + ms(i));
  }
  EXPECT_EQ(asked(requester, kStart + ms(99)).size(), 1U);
  for (int i = 0; i < 14; ++i) {
    requester.close_wish();
  }
  EXPECT_EQ(asked(requester, kStart + ms(199)).size(), 1U);  // one still waits
}

TEST(KeyFrameRequester, KeepsItsDistanceAfterAKeyFrameWasServed) {
  KeyFrameRequester requester;
  requester.open_wish(kStart);
  EXPECT_TRUE(requester.on_timeout(kStart));
  requester.close_wish();
  requester.open_wish(kStart + ms(30));
  EXPECT_EQ(asked(requester, kStart + ms(150)), (std::vector<std::int64_t>{100}));
}

TEST(KeyFrameRequester, IsFastAgainForANewWish) {
  KeyFrameRequester requester;
  requester.open_wish(kStart);
  asked(requester, kStart + ms(8000));
  requester.open_wish(kStart + ms(8050));
  const auto times = asked(requester, kStart + ms(8400));
  EXPECT_GE(times.size(), 3U);
}

TEST(KeyFrameWish, TellsTheRequesterOncePerChange) {
  KeyFrameRequester requester;
  KeyFrameWish wish;
  wish.open(kStart, requester);
  wish.open(kStart, requester);
  EXPECT_EQ(requester.open_wishes(), 1U);
  wish.close(requester);
  wish.close(requester);
  EXPECT_EQ(requester.open_wishes(), 0U);
}

}  // namespace
}  // namespace parlance::rtp
