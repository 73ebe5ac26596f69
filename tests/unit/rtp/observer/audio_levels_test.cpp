#include "rtp/observer/audio_levels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::kStart;
using test::ms;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(AudioLevelObserver, GivesTheMeanOfTheIntervalLoudestFirst) {
  AudioLevelObserver observer;
  EXPECT_EQ(observer.next_timeout(), kNever);
  for (int i = 0; i < 50; ++i) {
    const Timestamp now = kStart + ms(20) * i;
    observer.on_level(now, 1, i % 2 == 0 ? 30 : 50);
    observer.on_level(now, 2, 20);
    observer.on_level(now, 3, 127);
  }
  EXPECT_EQ(observer.next_timeout(), kStart + ms(1000));
  EXPECT_THAT(observer.on_timeout(kStart + ms(999)), IsEmpty());
  EXPECT_THAT(observer.on_timeout(kStart + ms(1000)),
              ElementsAre(SourceLevel{2, -20}, SourceLevel{1, -40}));
}

TEST(AudioLevelObserver, LeavesOutWhoHardlySentAnything) {
  AudioLevelObserver observer;
  for (int i = 0; i < 9; ++i) {
    observer.on_level(kStart, 1, 10);
  }
  EXPECT_THAT(observer.on_timeout(kStart + ms(1000)), IsEmpty());
}

TEST(AudioLevelObserver, StartsEachIntervalAnew) {
  AudioLevelObserver observer;
  for (int i = 0; i < 20; ++i) {
    observer.on_level(kStart, 1, 10);
  }
  EXPECT_EQ(observer.on_timeout(kStart + ms(1000)).size(), 1U);
  EXPECT_EQ(observer.next_timeout(), kStart + ms(2000));
  EXPECT_THAT(observer.on_timeout(kStart + ms(2000)), IsEmpty());
  EXPECT_EQ(observer.next_timeout(), kNever);
}

TEST(AudioLevelObserver, ForgetsWhoIsRemovedAndKeepsToItsLimit) {
  AudioLevelObserver::Options options;
  options.max_entries = 1;
  AudioLevelObserver observer(options);
  for (int i = 0; i < 20; ++i) {
    observer.on_level(kStart, 1, 10);
    observer.on_level(kStart, 2, 20);
    observer.on_level(kStart, 3, 30);
  }
  observer.remove(1);
  EXPECT_THAT(observer.on_timeout(kStart + ms(1000)), ElementsAre(SourceLevel{2, -20}));
}

}  // namespace
}  // namespace parlance::rtp
