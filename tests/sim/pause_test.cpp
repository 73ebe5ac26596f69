// Pause and resume of either side: nothing in between, a key frame first, numbers that go on
// without a hole.
#include "tests/sim/world/sim_test.h"

namespace parlance::test {

class Pause : public SimTest {
 protected:
  void begin() {
    SimPeer& publisher = world.add_peer();
    camera = &publisher.add_video({.ssrc = 1000});
    producer = world.produce_video(0, 1000);
    SimPeer& viewer = world.add_peer();
    sink = &viewer.expect_video(2000);
    consumer = world.consume_video(1, producer, 2000, true);
    world.run_for(200ms);
    camera->start(world.now());
    world.run_for(1s);
  }

  VideoSource* camera = nullptr;
  VideoSink* sink = nullptr;
  sfu::ProducerId producer;
  sfu::ConsumerId consumer;
};

INSTANTIATE_TEST_SUITE_P(Runs, Pause, ::testing::ValuesIn(sim_runs()), run_name);

TEST_P(Pause, OfAConsumerSendsNothingUntilItsResume) {
  begin();
  EXPECT_EQ(sink->packets(), 0U);
  EXPECT_EQ(camera->requests(), 0U);
  world.pause_consumer(consumer, false);
  ASSERT_TRUE(world.run_until([&] { return !sink->frames().empty(); }, 400ms));
  EXPECT_TRUE(sink->frames().front().key);
}

TEST_P(Pause, OfAConsumerLeavesNoHoleInItsNumbers) {
  begin();
  world.pause_consumer(consumer, false);
  world.run_for(2s);
  world.pause_consumer(consumer, true);
  world.run_for(100ms);
  const std::size_t seen = sink->frames().size();
  world.run_for(3s);
  EXPECT_EQ(sink->frames().size(), seen);
  const std::uint32_t shown = sink->frames().back().number;
  world.pause_consumer(consumer, false);
  ASSERT_TRUE(world.run_until([&] { return sink->frames().size() > seen + 10; }, 1s));
  // The sink decodes in order of sequence numbers: frames after the pause came without a gap in
  // them.
  EXPECT_TRUE(sink->frames()[seen].key);
  EXPECT_GT(sink->frames()[seen].number, shown + 50);
  EXPECT_EQ(sink->repaired(), 0U);
  // Timestamps tell the time that passed.
  const std::uint32_t ticks = sink->frames()[seen].timestamp - sink->frames()[seen - 1].timestamp;
  EXPECT_NEAR(ticks / 90.0, 3100, 250);
}

TEST_P(Pause, OfAProducerStopsAllItsConsumersAndResumeRestartsThem) {
  begin();
  world.pause_consumer(consumer, false);
  world.run_for(1s);
  world.pause_producer(producer, true);
  world.run_for(100ms);
  const std::size_t seen = sink->frames().size();
  const std::uint32_t requests = camera->requests();
  world.run_for(2s);
  EXPECT_EQ(sink->frames().size(), seen);
  EXPECT_EQ(camera->requests(), requests);
  EXPECT_GT(world.drops(sfu::DropReason::kPausedProducer), 100U);
  world.pause_producer(producer, false);
  ASSERT_TRUE(world.run_until([&] { return sink->frames().size() > seen; }, 400ms));
  EXPECT_TRUE(sink->frames()[seen].key);
  world.run_for(1s);
  EXPECT_EQ(sink->repaired(), 0U);
}

TEST_P(Pause, AskedForManyTimesInARowEndsAsLastAsked) {
  begin();
  for (int i = 0; i < 20; ++i) {
    world.pause_consumer(consumer, i % 2 == 0);
    world.run_for(15ms);
  }
  const Timestamp resumed = world.now();
  world.run_for(3s);
  EXPECT_LT(sink->longest_gap(resumed + 500ms, world.now()), 100ms);
}

}  // namespace parlance::test
