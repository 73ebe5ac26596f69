#include "sfu/forward/audio_observers.h"

#include <gtest/gtest.h>

#include "tests/support/sfu/media_samples.h"

namespace parlance::sfu {
namespace {

using namespace std::chrono_literals;

class AudioObserversTest : public ::testing::Test {
 protected:
  AudioObserversTest() {
    observers.add(1, test::id_of<ProducerId>(1));
    observers.add(2, test::id_of<ProducerId>(2));
  }

  void speak(std::uint64_t source, std::uint8_t below_overload_db, Duration duration) {
    for (const Timestamp end = now + duration; now < end; now += 20ms) {
      observers.on_level(now, source, below_overload_db);
      if (observers.next_timeout() <= now) {
        observers.on_timeout(now);
      }
    }
  }

  template <typename Event>
  std::vector<Event> take() {
    std::vector<Event> found;
    for (const MediaEvent& event : events) {
      if (const auto* what = std::get_if<Event>(&event.what)) {
        found.push_back(*what);
      }
    }
    return found;
  }

  using Levels = MediaEvent::AudioLevels;
  using Dominant = MediaEvent::DominantSpeaker;

  Timestamp now{1000s};
  std::vector<MediaEvent> events;
  AudioObservers observers{test::id_of<RouterId>(9), events};
};

TEST_F(AudioObserversTest, AskForNoTimeWhileNobodySends) {
  EXPECT_EQ(observers.next_timeout(), kNever);
}

TEST_F(AudioObserversTest, TellALevelOnceWhileItStaysTheSame) {
  speak(1, 30, 3s);
  ASSERT_EQ(take<Levels>().size(), 1U);
  EXPECT_EQ(take<Levels>()[0].levels[0].producer, test::id_of<ProducerId>(1));
  EXPECT_EQ(take<Levels>()[0].levels[0].dbov, -30);
  EXPECT_EQ(events[0].router, test::id_of<RouterId>(9));
}

TEST_F(AudioObserversTest, TellSilenceAfterSpeech) {
  speak(1, 30, 1s);
  speak(1, 127, 1s);
  ASSERT_GE(take<Levels>().size(), 2U);
  EXPECT_TRUE(take<Levels>().back().levels.empty());
}

TEST_F(AudioObserversTest, TellNoLevelOfAProducerThatPaused) {
  speak(1, 30, 700ms);
  observers.silence(1);
  observers.on_timeout(now + 1s);
  EXPECT_TRUE(take<Levels>().empty() || take<Levels>().back().levels.empty());
}

TEST_F(AudioObserversTest, DropTheDominantSpeakerWhoIsGone) {
  speak(1, 20, 3s);
  ASSERT_FALSE(take<Dominant>().empty());
  EXPECT_EQ(take<Dominant>().back().producer, test::id_of<ProducerId>(1));
  observers.remove(1);
  EXPECT_FALSE(take<Dominant>().back().producer.has_value());
}

TEST_F(AudioObserversTest, DropTheDominantSpeakerWhoPaused) {
  speak(2, 20, 3s);
  observers.silence(2);
  EXPECT_FALSE(take<Dominant>().back().producer.has_value());
  speak(2, 20, 3s);
  EXPECT_EQ(take<Dominant>().back().producer, test::id_of<ProducerId>(2));
}

}  // namespace
}  // namespace parlance::sfu
