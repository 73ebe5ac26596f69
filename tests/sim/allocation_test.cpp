// Once a call runs, packets cost no memory: nothing is allocated for them, their repair or their
// reports. The audio levels of a call, worked out ten times a second, may cost one.
#include "tests/sim/world/sim_test.h"

namespace parlance::test {

class Allocation : public SimTest {};

INSTANTIATE_TEST_SUITE_P(Runs, Allocation, ::testing::ValuesIn(sim_runs()), run_name);

TEST_P(Allocation, NoneForAPacketOfARunningCall) {
  world.batch_interval = 5ms;
  SimPeer& publisher = world.add_peer();
  VideoSource& camera = publisher.add_video({.ssrc = 1000});
  publisher.add_audio(3000, 20);
  const auto video = world.produce_video(0, 1000);
  const auto audio = world.produce_audio(0, 3000);
  for (std::size_t viewer = 1; viewer <= 10; ++viewer) {
    world.add_peer().expect_video(2000);
    world.consume_video(viewer, video, 2000);
    world.consume_audio(viewer, audio, 4000);
  }
  world.set_conditions({.loss = 0.03, .reorder = 0.01});
  world.run_for(500ms);
  camera.start(world.now());
  world.run_for(5s);
  const std::uint64_t before = world.allocations();
  const std::uint64_t forwarded = world.total(&sfu::ShardCounters::rtp_forwarded);
  const std::uint64_t repaired = world.total(&sfu::ShardCounters::rtp_retransmitted);
  world.run_for(5s);
  EXPECT_GT(world.total(&sfu::ShardCounters::rtp_forwarded), forwarded + 5'000);
  EXPECT_GT(world.total(&sfu::ShardCounters::rtp_retransmitted), repaired + 50);
  EXPECT_LE(world.allocations() - before, 5s / 100ms);
}

}  // namespace parlance::test
