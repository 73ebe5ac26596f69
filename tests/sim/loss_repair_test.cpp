// What the network loses is repaired by NACK and RTX, on both sides of the server.
#include "tests/sim/world/sim_test.h"

namespace parlance::test {

class LossRepair : public SimTest {
 protected:
  void begin(bool rtx = true) {
    SimPeer& publisher = world.add_peer();
    camera = &publisher.add_video({.ssrc = 1000});
    const auto producer = world.produce_video(0, 1000);
    SimPeer& viewer = world.add_peer();
    sink = &viewer.expect_video(2000);
    if (rtx) {
      world.consume_video(1, producer, 2000);
    } else {
      world.consume_video_without_rtx(1, producer, 2000);
    }
    world.run_for(300ms);
    camera->start(world.now());
    world.run_for(2500ms);  // reports have told the round trips
    began = world.now();
  }

  // Everything lost so far may still be asked for.
  void finish() {
    world.set_conditions({});
    world.run_for(300ms);
    camera->stop();
    world.run_for(500ms);
  }

  VideoSource* camera = nullptr;
  VideoSink* sink = nullptr;
  Timestamp began{};
};

INSTANTIATE_TEST_SUITE_P(Runs, LossRepair, ::testing::ValuesIn(sim_runs()), run_name);

TEST_P(LossRepair, OfThePublishersSideAsksThePublisher) {
  begin();
  world.uplink(0).conditions = {.loss = 0.05};
  world.run_for(10s);
  finish();
  EXPECT_EQ(sink->frames().size(), camera->frames());
  EXPECT_GT(camera->retransmitted(), 10U);
  EXPECT_GT(world.total(&sfu::ShardCounters::packets_repaired), 10U);
  // The viewer misses these packets too, and asks in vain while they are on their way.
  EXPECT_EQ(sink->repaired(), 0U);
  EXPECT_EQ(sink->duplicates(), 0U);
  EXPECT_LT(sink->longest_gap(began, world.now() - 500ms), 400ms);
}

TEST_P(LossRepair, OfTheViewersSideIsMadeFromTheStore) {
  begin();
  world.downlink(1).conditions = {.loss = 0.05};
  world.run_for(10s);
  finish();
  EXPECT_EQ(sink->frames().size(), camera->frames());
  EXPECT_GT(sink->repaired(), 10U);
  EXPECT_EQ(camera->retransmitted(), 0U);
  EXPECT_GE(world.total(&sfu::ShardCounters::rtp_retransmitted), sink->repaired());
}

TEST_P(LossRepair, OfAViewerWithoutRtxIsTheSameDatagramAgain) {
  // The world's SRTP ends the test where a number comes with other bytes.
  begin(false);
  world.downlink(1).conditions = {.loss = 0.05};
  world.run_for(10s);
  finish();
  EXPECT_EQ(sink->frames().size(), camera->frames());
  EXPECT_EQ(sink->repaired(), 0U) << "nothing came by RTX";
  EXPECT_GT(world.total(&sfu::ShardCounters::rtp_retransmitted), 10U);
  EXPECT_LT(sink->longest_gap(began, world.now() - 500ms), 400ms);
}

TEST_P(LossRepair, WithoutRtxSurvivesEverythingAtOnceBothWays) {
  begin(false);
  world.set_conditions({.loss = 0.05, .duplicate = 0.02, .reorder = 0.05, .delay = 30ms});
  world.run_for(20s);
  finish();
  EXPECT_EQ(sink->frames().size(), camera->frames());
  EXPECT_GT(world.total(&sfu::ShardCounters::rtp_retransmitted), 10U);
}

TEST_P(LossRepair, SurvivesEverythingAtOnceBothWays) {
  begin();
  world.set_conditions({.loss = 0.05, .duplicate = 0.02, .reorder = 0.05, .delay = 30ms});
  world.run_for(20s);
  finish();
  EXPECT_EQ(sink->frames().size(), camera->frames());
  EXPECT_LT(sink->longest_gap(began, world.now() - 500ms), 1s);
  EXPECT_GT(sink->repaired(), 10U);
  EXPECT_GT(camera->retransmitted(), 10U);
}

TEST_P(LossRepair, DoesNotRepeatWithinARoundTrip) {
  begin();
  world.downlink(1).conditions = {.delay = 10ms};
  world.run_for(3s);
  // The same number asked for three times in a row, as a browser with a short timer does it.
  const std::uint64_t before = world.total(&sfu::ShardCounters::rtp_retransmitted);
  std::array<std::uint8_t, 16> nack{0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0x07, 0xD0, 0, 0, 0, 0};
  const std::uint16_t sequence = sink->newest_sequence();
  nack[12] = static_cast<std::uint8_t>(sequence >> 8U);
  nack[13] = static_cast<std::uint8_t>(sequence & 0xFFU);
  for (int i = 0; i < 3; ++i) {
    world.peer(1).send_rtcp(nack);
  }
  world.run_for(15ms);
  EXPECT_EQ(world.total(&sfu::ShardCounters::rtp_retransmitted), before + 1);
  world.run_for(200ms);
  world.peer(1).send_rtcp(nack);
  world.run_for(15ms);
  EXPECT_EQ(world.total(&sfu::ShardCounters::rtp_retransmitted), before + 2);
}

TEST_P(LossRepair, CountsWhatTheViewerLost) {
  begin();
  world.downlink(1).conditions = {.loss = 0.2};
  world.run_for(5s);
  const auto stats =
      world.shard_of(1).transport_stats(world.now(), world.router(), world.transport(1));
  ASSERT_TRUE(stats.has_value());
  EXPECT_GT(std::get<std::int64_t>(stats->at(1).at("nackPacketCount")), 10);
  EXPECT_GT(std::get<std::int64_t>(stats->at(1).at("packetsRetransmitted")), 10);
  const std::int64_t again = std::get<std::int64_t>(stats->at(0).at("rtxBytesSent"));
  EXPECT_GT(again, 10);
  EXPECT_GT(std::get<std::int64_t>(stats->at(0).at("rtpBytesSent")), again);
}

}  // namespace parlance::test
