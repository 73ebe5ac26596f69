// What doesn't belong there is dropped for the right reason and disturbs nobody.
#include "tests/sim/world/sim_test.h"

namespace parlance::test {

using sfu::DropReason;

class HostileInput : public SimTest {
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

  // Also: everything sent so far is on the other side.
  void expect_undisturbed() {
    world.run_for(500ms);
    camera->stop();
    world.run_for(500ms);
    EXPECT_EQ(sink->frames().size(), camera->frames());
    EXPECT_EQ(sink->duplicates(), 0U);
  }

  VideoSource* camera = nullptr;
  VideoSink* sink = nullptr;
  sfu::ProducerId producer;
};

INSTANTIATE_TEST_SUITE_P(Runs, HostileInput, ::testing::ValuesIn(sim_runs()), run_name);

TEST_P(HostileInput, ReplayedMediaIsRefused) {
  begin();
  const std::uint64_t before = world.drops(DropReason::kReplayedMedia);
  world.peer(0).replay_last_rtp();
  world.peer(0).replay_last_rtp();
  world.run_for(30ms);
  EXPECT_EQ(world.drops(DropReason::kReplayedMedia), before + 2);
  expect_undisturbed();
}

TEST_P(HostileInput, GarbageOfEveryKindIsCounted) {
  begin();
  SimPeer& attacker = world.peer(1);
  attacker.send_raw({});
  attacker.send_raw({0x70, 1, 2, 3});
  attacker.send_raw(std::vector<std::uint8_t>(40, 0x00));
  attacker.send_raw(std::vector<std::uint8_t>(200, 0x16));
  attacker.send_raw(std::vector<std::uint8_t>(300, 0x90));
  std::vector<std::uint8_t> rtcp(60, 0x81);
  rtcp[1] = 201;
  attacker.send_raw(rtcp);
  world.run_for(50ms);
  EXPECT_GE(world.drops(DropReason::kUnknownDatagram), 3U);
  EXPECT_EQ(world.drops(DropReason::kBadMediaAuth), 2U);
  expect_undisturbed();
}

TEST_P(HostileInput, RtcpThatClaimsLengthsItLacksIsMalformed) {
  begin();
  const std::array<std::uint8_t, 8> lying{0x81, 201, 0, 200, 0, 0, 0, 1};
  world.peer(1).send_rtcp(lying);
  world.run_for(30ms);
  EXPECT_EQ(world.drops(DropReason::kMalformedRtcp), 1U);
  expect_undisturbed();
}

TEST_P(HostileInput, MediaOfUnknownSsrcsGoesNowhere) {
  begin();
  RtpSample sample;
  sample.ssrc = 9999;
  sample.mid = "nobody";
  sample.payload = vp8_payload(true, true);
  const std::uint64_t forwarded = world.total(&sfu::ShardCounters::rtp_forwarded);
  world.peer(1).send_sample(sample);
  world.run_for(15ms);
  EXPECT_EQ(world.drops(DropReason::kUnknownSsrc), 1U);
  EXPECT_LE(world.total(&sfu::ShardCounters::rtp_forwarded), forwarded + 3);
  expect_undisturbed();
}

TEST_P(HostileInput, MediaBeforeKeysIsDropped) {
  begin();
  SimPeer& late = world.add_peer();
  late.send_raw(std::vector<std::uint8_t>(100, 0x80));
  ASSERT_TRUE(world.run_until([&] { return late.connected(); }, 1s));
  EXPECT_EQ(world.drops(DropReason::kUnknownPath) + world.drops(DropReason::kMediaBeforeDtls), 1U);
  expect_undisturbed();
}

TEST_P(HostileInput, MediaFromAnAddressThatProvedNothingIsNotLookedAt) {
  begin();
  SimPeer& publisher = world.peer(0);
  const std::uint64_t before = world.drops(DropReason::kUnknownPath);
  const sfu::Path elsewhere{.socket = 0, .remote = sfu::SocketAddress::v4({203, 0, 113, 1}, 9)};
  publisher.replay_last_rtp();
  auto stolen = publisher.take_outgoing();
  ASSERT_EQ(stolen.size(), 1U);
  std::vector<sfu::ReceivedDatagram> datagrams;
  datagrams.push_back({slot_of(world.shard_of(0).packets(), stolen[0].bytes), elsewhere});
  world.shard_of(0).on_datagrams(world.now(), datagrams, world.outbox());
  world.settle();
  EXPECT_EQ(world.drops(DropReason::kUnknownPath), before + 1);
  expect_undisturbed();
}

TEST_P(HostileInput, AnRtxPacketWithoutItsOriginalNumberIsPaddingOrMalformed) {
  begin();
  RtpSample sample;
  sample.payload_type = kVideoRtxType;
  sample.ssrc = 1001;
  sample.payload = {7};
  world.peer(0).send_sample(sample);
  sample.sequence = 1;
  sample.payload.clear();
  sample.padding = 200;
  world.peer(0).send_sample(sample);
  world.run_for(30ms);
  EXPECT_EQ(world.drops(DropReason::kMalformedRtx), 1U);
  expect_undisturbed();
}

}  // namespace parlance::test
