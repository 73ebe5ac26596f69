// Transport-cc both ways: publishers hear of every arrival, subscribers' feedback is understood.
#include "tests/sim/world/sim_test.h"

namespace parlance::test {

class Feedback : public SimTest {
 protected:
  void begin() {
    SimPeer& publisher = world.add_peer();
    camera = &publisher.add_video({.ssrc = 1000});
    producer = world.produce_video(0, 1000);
    SimPeer& viewer = world.add_peer();
    viewer.expect_video(2000);
    world.consume_video(1, producer, 2000);
    world.run_for(300ms);
    camera->start(world.now());
  }

  std::int64_t viewer_stat(const std::string& name) {
    const auto stats =
        world.shard_of(1).transport_stats(world.now(), world.router(), world.transport(1));
    const auto found = stats->at(0).find(name);
    return found == stats->at(0).end() ? -1 : std::get<std::int64_t>(found->second);
  }

  VideoSource* camera = nullptr;
  sfu::ProducerId producer;
};

INSTANTIATE_TEST_SUITE_P(Runs, Feedback, ::testing::ValuesIn(sim_runs()), run_name);

TEST_P(Feedback, ReachesThePublisherTenTimesASecond) {
  begin();
  world.run_for(5s);
  camera->stop();
  world.run_for(300ms);
  EXPECT_NEAR(world.peer(0).seen().transport_feedbacks, 50, 5);
  EXPECT_EQ(world.peer(0).seen().transport_arrivals, camera->packets());
}

TEST_P(Feedback, TellsThePublisherWhatWasLost) {
  begin();
  world.run_for(200ms);
  world.uplink(0).conditions = {.loss = 0.2};
  world.run_for(5s);
  camera->stop();
  world.run_for(300ms);
  const std::uint32_t sent = camera->packets() + camera->retransmitted();
  EXPECT_LT(world.peer(0).seen().transport_arrivals, sent * 9 / 10);
  EXPECT_GT(world.peer(0).seen().transport_arrivals, sent * 7 / 10);
}

TEST_P(Feedback, OfSubscribersIsCounted) {
  begin();
  world.run_for(5s);
  camera->stop();
  world.run_for(300ms);
  EXPECT_EQ(world.peer(1).seen().transport_sequence_gaps, 0U);
  EXPECT_EQ(viewer_stat("transportCcPacketsSent"), camera->packets());
  EXPECT_EQ(viewer_stat("transportCcPacketsArrived"), camera->packets());
  EXPECT_GE(viewer_stat("transportCcFeedbacks"), 40);
}

TEST_P(Feedback, MeasuresThePublishersRoundTripByExtendedReports) {
  begin();
  world.run_for(3s);
  const auto stats =
      world.shard_of(0).transport_stats(world.now(), world.router(), world.transport(0));
  ASSERT_TRUE(stats.has_value());
  ASSERT_TRUE(stats->at(1).contains("roundTripTime"));
  EXPECT_NEAR(std::get<double>(stats->at(1).at("roundTripTime")), 20.0, 2.0);
}

}  // namespace parlance::test
