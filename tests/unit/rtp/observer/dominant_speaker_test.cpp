#include "rtp/observer/dominant_speaker.h"

#include <vector>

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::kStart;
using test::ms;

// Sources that send a level every 20 ms; speech is a level with gaps between words.
class Floor {
 public:
  static constexpr std::uint8_t kSilence = 110;
  static constexpr std::uint8_t kSpeech = 25;

  void run(Duration duration, std::vector<std::uint8_t> levels) {
    const Timestamp end = now + duration;
    for (; now < end; now += ms(20)) {
      for (std::size_t i = 0; i < levels.size(); ++i) {
        const bool gap = now.time_since_epoch() / ms(20) % 12 == 0;
        speaker.on_level(now, i + 1, gap ? kSilence : levels[i]);
      }
      if (speaker.next_timeout() <= now && speaker.on_timeout(now)) {
        ++changes;
      }
    }
  }

  // The first source without gaps, the second beside it.
  void hum(Duration duration, std::uint8_t level, std::uint8_t second = kSilence) {
    for (const Timestamp end = now + duration; now < end; now += ms(20)) {
      speaker.on_level(now, 1, level);
      speaker.on_level(now, 2, second);
      speaker.on_timeout(now);
    }
  }

  DominantSpeaker speaker;
  Timestamp now = kStart;
  int changes = 0;
};

TEST(DominantSpeaker, IsNobodyWhileAllAreSilent) {
  Floor floor;
  floor.run(ms(3000), {Floor::kSilence, Floor::kSilence});
  EXPECT_FALSE(floor.speaker.dominant());
}

TEST(DominantSpeaker, IsWhoeverSpeaksFirst) {
  Floor floor;
  floor.run(ms(1500), {Floor::kSilence, Floor::kSpeech});
  EXPECT_EQ(floor.speaker.dominant(), 2U);
  EXPECT_EQ(floor.changes, 1);
}

TEST(DominantSpeaker, ChangesWithTheTurnWithinASecondAndAHalf) {
  Floor floor;
  floor.run(ms(3000), {Floor::kSpeech, Floor::kSilence});
  EXPECT_EQ(floor.speaker.dominant(), 1U);
  floor.run(ms(1500), {Floor::kSilence, Floor::kSpeech});
  EXPECT_EQ(floor.speaker.dominant(), 2U);
  EXPECT_EQ(floor.changes, 2);
}

TEST(DominantSpeaker, KeepsTheFloorThroughAPause) {
  Floor floor;
  floor.run(ms(3000), {Floor::kSpeech, Floor::kSilence});
  floor.run(ms(2000), {Floor::kSilence, Floor::kSilence});
  EXPECT_EQ(floor.speaker.dominant(), 1U);
  EXPECT_EQ(floor.changes, 1);
}

TEST(DominantSpeaker, DoesNotGiveTheFloorToACough) {
  Floor floor;
  floor.run(ms(3000), {Floor::kSpeech, Floor::kSilence});
  floor.run(ms(60), {Floor::kSpeech, 5});
  floor.run(ms(2000), {Floor::kSpeech, Floor::kSilence});
  EXPECT_EQ(floor.speaker.dominant(), 1U);
  EXPECT_EQ(floor.changes, 1);
}

TEST(DominantSpeaker, DoesNotTakeSteadyNoiseForSpeech) {
  Floor floor;
  floor.run(ms(10'000), {75, Floor::kSilence});  // a fan
  floor.run(ms(1500), {75, Floor::kSpeech});
  EXPECT_EQ(floor.speaker.dominant(), 2U);
}

// The noise begins after a silence, so that it stands out at first: the background has to rise to
// it.
TEST(DominantSpeaker, TakesNoiseThatGoesOnForBackground) {
  Floor floor;
  floor.run(ms(2000), {Floor::kSilence, Floor::kSilence});
  constexpr std::uint8_t kNoise = 45;
  floor.hum(ms(1500), kNoise);
  EXPECT_EQ(floor.speaker.dominant(), 1U);
  floor.hum(ms(10'000), kNoise);
  // Somebody speaks beside it.
  floor.hum(ms(1500), kNoise, Floor::kSpeech);
  EXPECT_EQ(floor.speaker.dominant(), 2U);
}

TEST(DominantSpeaker, TakesMissingPacketsForSilence) {
  Floor floor;
  floor.run(ms(3000), {Floor::kSpeech, Floor::kSilence});
  // The first one stops sending (DTX); only the second one's packets come.
  for (int i = 0; i < 75; ++i, floor.now += ms(20)) {
    floor.speaker.on_level(floor.now, 2, i % 12 == 0 ? Floor::kSilence : Floor::kSpeech);
    floor.speaker.on_timeout(floor.now);
  }
  EXPECT_EQ(floor.speaker.dominant(), 2U);
}

TEST(DominantSpeaker, LosesTheFloorWhenRemoved) {
  Floor floor;
  floor.run(ms(1500), {Floor::kSpeech, Floor::kSilence});
  EXPECT_FALSE(floor.speaker.remove(2));
  EXPECT_TRUE(floor.speaker.remove(1));
  EXPECT_FALSE(floor.speaker.dominant());
  EXPECT_FALSE(floor.speaker.on_timeout(floor.now + ms(400)));
  EXPECT_EQ(floor.speaker.next_timeout(), kNever);
}

}  // namespace
}  // namespace parlance::rtp
