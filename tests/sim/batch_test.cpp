// A worker that takes datagrams in batches sends the same, in longer trains.
#include "tests/sim/world/sim_test.h"

namespace parlance::test {

class Batches : public SimTest {};

INSTANTIATE_TEST_SUITE_P(Runs, Batches, ::testing::ValuesIn(sim_runs()), run_name);

TEST_P(Batches, ForwardEverythingAndGroupAFrameIntoOneTrain) {
  world.batch_interval = 5ms;
  constexpr std::size_t kPeople = 4;
  std::vector<VideoSource*> cameras;
  std::vector<sfu::ProducerId> producers;
  for (std::size_t i = 0; i < kPeople; ++i) {
    const auto ssrc = static_cast<rtp::Ssrc>(1000 + 10 * i);
    cameras.push_back(&world.add_peer().add_video({.ssrc = ssrc}));
    producers.push_back(world.produce_video(i, ssrc));
  }
  std::vector<VideoSink*> sinks;
  for (std::size_t viewer = 0; viewer < kPeople; ++viewer) {
    for (std::size_t source = 0; source < kPeople; ++source) {
      if (source != viewer) {
        const auto ssrc = static_cast<rtp::Ssrc>(2000 + 10 * source);
        sinks.push_back(&world.peer(viewer).expect_video(ssrc));
        world.consume_video(viewer, producers[source], ssrc);
      }
    }
  }
  world.run_for(300ms);
  for (VideoSource* camera : cameras) {
    camera->start(world.now());
  }
  world.run_for(3s);
  for (VideoSource* camera : cameras) {
    camera->stop();
  }
  world.run_for(300ms);
  for (std::size_t i = 0; i < sinks.size(); ++i) {
    EXPECT_EQ(sinks[i]->frames().size(), cameras[0]->frames()) << "sink " << i;
  }
  EXPECT_GE(world.largest_batch(), kPeople * 3 / world.shards());
  if (world.shards() == 1) {  // what comes from another shard is a batch of its own
    EXPECT_GE(world.longest_train(), (kPeople - 1) * 3);
  }
}

}  // namespace parlance::test
