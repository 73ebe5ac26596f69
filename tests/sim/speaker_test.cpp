// Who speaks is told, and only when it changes.
#include "tests/sim/world/sim_test.h"

namespace parlance::test {

class Speakers : public SimTest {
 protected:
  template <typename Event>
  std::vector<Event> events() const {
    std::vector<Event> found;
    for (const sfu::MediaEvent& event : world.events()) {
      if (const auto* what = std::get_if<Event>(&event.what)) {
        found.push_back(*what);
      }
    }
    return found;
  }

  using Dominant = sfu::MediaEvent::DominantSpeaker;
  using Levels = sfu::MediaEvent::AudioLevels;
};

INSTANTIATE_TEST_SUITE_P(Runs, Speakers, ::testing::ValuesIn(sim_runs()), run_name);

TEST_P(Speakers, TakeTheFloorFromEachOther) {
  world.add_peer();
  world.add_peer();
  const auto first = world.produce_audio(0, 1000);
  const auto second = world.produce_audio(1, 1000);
  world.run_for(200ms);
  world.peer(0).add_audio(1000, 25);
  world.peer(1).add_audio(1000, 127);
  world.run_for(4s);
  ASSERT_FALSE(events<Dominant>().empty());
  EXPECT_EQ(events<Dominant>().back().producer, first);
  world.peer(0).set_audio_level(127);
  world.peer(1).set_audio_level(20);
  world.run_for(6s);
  EXPECT_EQ(events<Dominant>().back().producer, second);
  EXPECT_LE(events<Dominant>().size(), 3U);
  world.close_producer(second);
  world.run_for(10ms);
  EXPECT_NE(events<Dominant>().back().producer, second);
}

TEST_P(Speakers, ShowTheirLevelsAndTheirSilence) {
  world.add_peer();
  const auto producer = world.produce_audio(0, 1000);
  world.run_for(200ms);
  world.peer(0).add_audio(1000, 30);
  world.run_for(3s);
  const auto levels = events<Levels>();
  ASSERT_FALSE(levels.empty());
  ASSERT_EQ(levels.back().levels.size(), 1U);
  EXPECT_EQ(levels.back().levels[0].producer, producer);
  EXPECT_EQ(levels.back().levels[0].dbov, -30);
  EXPECT_LE(levels.size(), 2U);  // an unchanged level is not told again
  world.peer(0).set_audio_level(120);
  world.run_for(2s);
  EXPECT_TRUE(events<Levels>().back().levels.empty());
}

}  // namespace parlance::test
