// A shard that is given more than it can pass on: video stops by whole frames, audio does not.
#include "tests/sim/world/sim_test.h"

namespace parlance::test {

class Overloads : public SimTest {
 protected:
  void begin() {
    SimPeer& publisher = world.add_peer();
    camera = &publisher.add_video({.ssrc = 1000});
    publisher.add_audio(3000, 20);
    const auto video = world.produce_video(0, 1000);
    const auto audio = world.produce_audio(0, 3000);
    for (std::size_t viewer = 1; viewer <= 2; ++viewer) {
      sinks.push_back(&world.add_peer().expect_video(2000));
      world.consume_video(viewer, video, 2000);
      world.consume_audio(viewer, audio, 4000);
    }
    world.run_for(300ms);
    camera->start(world.now());
    world.run_for(2s);
  }

  void set_overloaded(bool overloaded) {
    for (std::size_t i = 0; i < world.shards(); ++i) {
      world.shard_of(i).set_overloaded(overloaded);
    }
  }

  VideoSource* camera = nullptr;
  std::vector<VideoSink*> sinks;
};

INSTANTIATE_TEST_SUITE_P(Runs, Overloads, ::testing::ValuesIn(sim_runs()), run_name);

TEST_P(Overloads, StopVideoByWholeFramesAndNoAudio) {
  begin();
  world.batch_interval = 7ms;  // a batch ends anywhere in a frame
  set_overloaded(true);
  world.run_for(100ms);
  const std::uint32_t heard = world.peer(1).seen().audio_packets;
  const std::size_t shown = sinks[0]->frames().size();
  world.run_for(2s);
  EXPECT_EQ(sinks[0]->frames().size(), shown);
  EXPECT_GE(world.peer(1).seen().audio_packets, heard + 99);
  EXPECT_GT(world.total(&sfu::ShardCounters::frames_shed), 30U);
  set_overloaded(false);
  for (std::size_t viewer = 1; viewer <= 2; ++viewer) {
    VideoSink& sink = *sinks[viewer - 1];
    ASSERT_TRUE(world.run_until([&] { return sink.frames().size() > shown + 20; }, 2s));
    EXPECT_TRUE(sink.frames()[shown].key) << "goes on with a key frame";
    EXPECT_EQ(sink.repaired(), 0U) << "nobody missed a part of a frame";
    EXPECT_EQ(world.peer(viewer).seen().audio_out_of_order, 0U);
  }
  EXPECT_EQ(world.total(&sfu::ShardCounters::rtp_retransmitted), 0U);
}

TEST_P(Overloads, ThatAreShortCostOneFrameOrTwo) {
  begin();
  const Timestamp from = world.now();
  set_overloaded(true);
  world.run_for(40ms);
  set_overloaded(false);
  world.run_for(2s);
  EXPECT_LT(sinks[0]->longest_gap(from, world.now()), 600ms);
  EXPECT_EQ(sinks[0]->repaired(), 0U);
}

}  // namespace parlance::test
