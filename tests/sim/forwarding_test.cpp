// Media reaches everybody on a perfect network.
#include "tests/sim/world/sim_test.h"

namespace parlance::test {

class Forwarding : public SimTest {};

INSTANTIATE_TEST_SUITE_P(Runs, Forwarding, ::testing::ValuesIn(sim_runs()), run_name);

TEST_P(Forwarding, BringsEveryFrameToEveryViewerOnce) {
  SimPeer& publisher = world.add_peer();
  VideoSource& camera = publisher.add_video({.ssrc = 1000});
  const auto producer = world.produce_video(0, 1000);
  std::vector<VideoSink*> sinks;
  for (std::size_t viewer = 1; viewer <= 3; ++viewer) {
    SimPeer& peer = world.add_peer();
    sinks.push_back(&peer.expect_video(2000));
    world.consume_video(viewer, producer, 2000);
  }
  world.run_for(200ms);
  ASSERT_TRUE(publisher.connected());
  camera.start(world.now());
  world.run_for(5s);
  camera.stop();
  world.run_for(200ms);
  EXPECT_GE(camera.frames(), 124U);
  for (const VideoSink* sink : sinks) {
    EXPECT_EQ(sink->frames().size(), camera.frames());
    EXPECT_EQ(sink->duplicates(), 0U);
    EXPECT_EQ(sink->before_first_key_frame(), 0U);
    for (std::size_t i = 0; i < sink->frames().size(); ++i) {
      EXPECT_EQ(sink->frames()[i].number, i + 1);
    }
  }
  EXPECT_EQ(world.total(&sfu::ShardCounters::rtp_forwarded), 3U * camera.packets());
  EXPECT_EQ(world.total(&sfu::ShardCounters::rtp_retransmitted), 0U);
}

TEST_P(Forwarding, CarriesAudioInOrderWithoutWaitingForAnything) {
  SimPeer& publisher = world.add_peer();
  const auto producer = world.produce_audio(0, 3000);
  const SimPeer& listener = world.add_peer();
  world.consume_audio(1, producer, 4000);
  world.run_for(200ms);
  publisher.add_audio(3000, 20);
  world.run_for(2s);
  EXPECT_GE(listener.seen().audio_packets, 98U);
  EXPECT_EQ(listener.seen().audio_out_of_order, 0U);
}

TEST_P(Forwarding, NumbersRollOverTwiceWithoutALostFrame) {
  SimPeer& publisher = world.add_peer();
  // 12 packets every 2 ms: 70,000 of them in 12 s, on the media and on the consumer's side.
  VideoSource& camera = publisher.add_video(
      {.ssrc = 1000, .first_sequence = 65'000, .packets_per_frame = 24, .frame_interval = 4ms});
  const auto producer = world.produce_video(0, 1000);
  SimPeer& viewer = world.add_peer();
  const VideoSink& sink = viewer.expect_video(2000);
  world.consume_video(1, producer, 2000);
  world.run_for(200ms);
  camera.start(world.now());
  world.run_for(12s);
  camera.stop();
  world.run_for(200ms);
  EXPECT_GT(camera.packets(), 66'000U);
  EXPECT_EQ(sink.frames().size(), camera.frames());
  EXPECT_EQ(sink.duplicates(), 0U);
}

TEST_P(Forwarding, TellsSendersAndReceiversTheirReports) {
  SimPeer& publisher = world.add_peer();
  VideoSource& camera = publisher.add_video({.ssrc = 1000});
  const auto producer = world.produce_video(0, 1000);
  SimPeer& viewer = world.add_peer();
  viewer.expect_video(2000);
  world.consume_video(1, producer, 2000);
  world.run_for(200ms);
  camera.start(world.now());
  world.run_for(4s);
  EXPECT_GE(publisher.seen().receiver_reports, 2U);
  ASSERT_TRUE(publisher.seen().report_blocks.contains(1000));
  EXPECT_EQ(publisher.seen().report_blocks.at(1000).cumulative_lost, 0);
  EXPECT_NE(publisher.seen().report_blocks.at(1000).last_sr, 0U);
  ASSERT_TRUE(viewer.seen().sender_reports.contains(2000));
  EXPECT_GT(viewer.seen().sender_reports.at(2000).packet_count, 200U);
  const auto stats =
      world.shard_of(1).transport_stats(world.now(), world.router(), world.transport(1));
  ASSERT_TRUE(stats.has_value());
  ASSERT_EQ(stats->size(), 2U);
  const double round_trip = std::get<double>(stats->at(1).at("roundTripTime"));
  EXPECT_NEAR(round_trip, 20.0, 2.0);
}

}  // namespace parlance::test
