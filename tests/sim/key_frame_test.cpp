// A viewer begins with a key frame, however often the browser that makes it has to be asked.
#include "tests/sim/world/sim_test.h"

namespace parlance::test {

class KeyFrames : public SimTest {
 protected:
  void begin() {
    SimPeer& publisher = world.add_peer();
    camera = &publisher.add_video({.ssrc = 1000});
    producer = world.produce_video(0, 1000);
    world.run_for(200ms);
    camera->start(world.now());
    world.run_for(2s);
  }

  VideoSource* camera = nullptr;
  sfu::ProducerId producer;
};

INSTANTIATE_TEST_SUITE_P(Runs, KeyFrames, ::testing::ValuesIn(sim_runs()), run_name);

TEST_P(KeyFrames, AreAskedForAtOnceWhenAViewerStarts) {
  begin();
  SimPeer& viewer = world.add_peer();
  VideoSink& sink = viewer.expect_video(2000);
  world.consume_video(1, producer, 2000);
  ASSERT_TRUE(world.run_until([&] { return viewer.connected(); }, 1s));
  const Timestamp ready = world.now();
  ASSERT_TRUE(world.run_until([&] { return !sink.frames().empty(); }, 1s));
  // To the publisher and back, a frame interval, to the viewer.
  EXPECT_LE(world.now() - ready, 100ms);
  EXPECT_TRUE(sink.frames().front().key);
  EXPECT_EQ(sink.before_first_key_frame(), 0U);
}

TEST_P(KeyFrames, ServeViewersThatJoinBackToBackWithin400Ms) {
  begin();
  std::vector<VideoSink*> sinks;
  std::vector<Duration> waits;
  for (std::size_t i = 1; i <= 8; ++i) {
    SimPeer& viewer = world.add_peer();
    VideoSink& sink = viewer.expect_video(2000);
    sinks.push_back(&sink);
    world.consume_video(i, producer, 2000);
    ASSERT_TRUE(world.run_until([&] { return viewer.connected(); }, 1s));
    const Timestamp ready = world.now();
    ASSERT_TRUE(world.run_until([&] { return !sink.frames().empty(); }, 2s));
    waits.push_back(world.now() - ready);
    world.run_for(37ms);
  }
  for (const Duration wait : waits) {
    EXPECT_LE(wait, 400ms);
  }
  world.run_for(1s);
  for (const VideoSink* sink : sinks) {
    EXPECT_EQ(sink->before_first_key_frame(), 0U);
    EXPECT_LT(sink->longest_gap(sink->frames().front().at, world.now()), 100ms);
  }
}

TEST_P(KeyFrames, AreReplayedFromTheStoreWhenOneJustPassed) {
  begin();
  SimPeer& first = world.add_peer();
  SimPeer& second = world.add_peer();
  VideoSink& one = first.expect_video(2000);
  VideoSink& two = second.expect_video(2000);
  world.run_for(300ms);
  world.consume_video(1, producer, 2000);
  ASSERT_TRUE(world.run_until([&] { return !one.frames().empty(); }, 1s));
  world.run_for(100ms);
  const std::uint32_t key_frames = camera->key_frames();
  const Timestamp joined = world.now();
  world.consume_video(2, producer, 2000);
  ASSERT_TRUE(world.run_until([&] { return !two.frames().empty(); }, 1s));
  EXPECT_LE(world.now() - joined, 15ms);
  EXPECT_EQ(camera->key_frames(), key_frames);
  EXPECT_EQ(world.total(&sfu::ShardCounters::key_frames_replayed), 1U);
  world.run_for(1s);
  EXPECT_LT(two.longest_gap(joined, world.now()), 100ms);
  EXPECT_EQ(two.duplicates(), 0U);
}

TEST_P(KeyFrames, AreAskedForAgainWhenTheRequestWasLost) {
  begin();
  SimPeer& viewer = world.add_peer();
  VideoSink& sink = viewer.expect_video(2000);
  world.run_for(300ms);
  world.downlink(0).conditions = {.loss = 0.7};
  world.consume_video(1, producer, 2000);
  ASSERT_TRUE(world.run_until([&] { return !sink.frames().empty(); }, 5s));
  EXPECT_TRUE(sink.frames().front().key);
}

TEST_P(KeyFrames, AreNotAskedForOnceEverybodyHasOne) {
  begin();
  SimPeer& viewer = world.add_peer();
  VideoSink& sink = viewer.expect_video(2000);
  world.consume_video(1, producer, 2000);
  ASSERT_TRUE(world.run_until([&] { return sink.frames().size() > 2; }, 2s));
  const std::uint32_t requests = camera->requests();
  world.run_for(5s);
  EXPECT_EQ(camera->requests(), requests);
}

TEST_P(KeyFrames, AreAskedForAtASaneRateFromAPublisherThatNeverAnswers) {
  begin();
  world.downlink(0).conditions = {.loss = 1};
  SimPeer& viewer = world.add_peer();
  viewer.expect_video(2000);
  world.consume_video(1, producer, 2000);
  world.run_for(10s);
  EXPECT_GE(world.total(&sfu::ShardCounters::key_frames_asked), 10U);
  EXPECT_LE(world.total(&sfu::ShardCounters::key_frames_asked), 25U);
}

TEST_P(KeyFrames, StartTheViewerEvenWhenTheirFirstPacketsAreLost) {
  begin();
  SimPeer& viewer = world.add_peer();
  VideoSink& sink = viewer.expect_video(2000);
  world.run_for(300ms);
  world.set_conditions({.loss = 0.2, .reorder = 0.2});
  world.consume_video(1, producer, 2000);
  ASSERT_TRUE(world.run_until([&] { return sink.frames().size() > 10; }, 5s));
  EXPECT_TRUE(sink.frames().front().key);
}

}  // namespace parlance::test
