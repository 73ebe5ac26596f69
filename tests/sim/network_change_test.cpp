// A client changes its network: media follows, DTLS and every stream go on.
#include "tests/sim/world/sim_test.h"

namespace parlance::test {

using sfu::TransportState;

class NetworkChange : public SimTest {
 protected:
  void begin() {
    SimPeer& publisher = world.add_peer();
    camera = &publisher.add_video({.ssrc = 1000});
    producer = world.produce_video(0, 1000);
    SimPeer& viewer = world.add_peer();
    sink = &viewer.expect_video(2000);
    world.consume_video(1, producer, 2000);
    world.run_for(300ms);
    camera->start(world.now());
    world.run_for(1s);
  }

  static sfu::Path other_path() {
    return {.socket = 0, .remote = sfu::SocketAddress::v4({192, 0, 2, 77}, 50000)};
  }

  VideoSource* camera = nullptr;
  VideoSink* sink = nullptr;
  sfu::ProducerId producer;
};

INSTANTIATE_TEST_SUITE_P(Runs, NetworkChange, ::testing::ValuesIn(sim_runs()), run_name);

TEST_P(NetworkChange, OfTheViewerMovesItsMediaToTheNewPair) {
  begin();
  world.peer(1).move_to(world.now(), other_path());
  world.run_for(500ms);
  const Timestamp moved = world.now();
  world.run_for(2s);
  EXPECT_LT(sink->longest_gap(moved, world.now()), 100ms);
  EXPECT_EQ(world.states_of(1).back(), TransportState::kConnected);
}

TEST_P(NetworkChange, OfThePublisherLosesNothingForGood) {
  begin();
  const Timestamp before = world.now();
  world.peer(0).move_to(world.now(), other_path());
  world.run_for(2s);
  camera->stop();
  world.run_for(500ms);
  EXPECT_EQ(sink->frames().size(), camera->frames());
  EXPECT_LT(sink->longest_gap(before, world.now() - 500ms), 300ms);
}

TEST_P(NetworkChange, WithAnIceRestartKeepsDtlsAndAllStreams) {
  begin();
  const auto fresh = world.shard_of(1).restart_ice(world.now(), world.router(), world.transport(1));
  ASSERT_TRUE(fresh.has_value());
  world.run_for(500ms);
  EXPECT_GT(sink->frames().size(), 10U);  // the old pair works until the new one is there
  world.peer(1).restart_ice(world.now(), *fresh, other_path());
  world.run_for(200ms);
  const Timestamp restarted = world.now();
  world.run_for(2s);
  EXPECT_LT(sink->longest_gap(restarted, world.now()), 100ms);
  EXPECT_EQ(sink->before_first_key_frame(), 0U);
  EXPECT_EQ(world.states_of(1).back(), TransportState::kConnected);
}

TEST_P(NetworkChange, ThatKillsThePeerIsNoticedAndItsReturnToo) {
  begin();
  world.peer(1).stop_checks();
  world.run_for(31s);
  EXPECT_EQ(world.states_of(1).back(), TransportState::kDisconnected);
  const std::size_t seen = sink->frames().size();
  world.run_for(1s);
  EXPECT_EQ(sink->frames().size(), seen);
  world.peer(1).check_now(world.now());
  ASSERT_TRUE(world.run_until([&] { return sink->frames().size() > seen; }, 500ms));
  EXPECT_TRUE(sink->frames()[seen].key);
  EXPECT_EQ(world.states_of(1).back(), TransportState::kConnected);
}

TEST_P(NetworkChange, EndsWithCloseNotify) {
  begin();
  world.peer(1).close_dtls(world.now());
  world.run_for(100ms);
  EXPECT_EQ(world.states_of(1).back(), TransportState::kClosed);
  const std::size_t seen = sink->packets();
  world.run_for(1s);
  EXPECT_EQ(sink->packets(), seen);
}

}  // namespace parlance::test
