// One subscriber asks for everything again or takes nothing any more: the others don't notice.
#include "rtp/rtcp/nack.h"
#include "tests/sim/world/sim_test.h"

namespace parlance::test {

namespace {

constexpr std::size_t kBad = 1;
constexpr std::size_t kGood = 2;

// A call of a publisher, a subscriber that may behave badly, and one that does not.
class Scene {
 public:
  explicit Scene(const SimRun& run) : world(run) {
    camera = &world.add_peer().add_video({.ssrc = 1000});
    world.peer(0).add_audio(3000, 20);
    const auto video = world.produce_video(0, 1000);
    const auto audio = world.produce_audio(0, 3000);
    for (const std::size_t viewer : {kBad, kGood}) {
      sinks.push_back(&world.add_peer().expect_video(2000));
      world.consume_video(viewer, video, 2000);
      world.consume_audio(viewer, audio, 4000);
    }
    world.run_for(300ms);
    camera->start(world.now());
    world.run_for(2s);
  }

  VideoSink& sink(std::size_t viewer) { return *sinks[viewer - 1]; }

  // What the bad one was sent lately, again and again.
  void ask_for_everything() {
    constexpr std::uint16_t kLately = 68;
    constexpr std::uint16_t kAsked = 4080;
    std::vector<std::uint16_t> sequences;
    const unsigned oldest = sink(kBad).newest_sequence() + 1U - kLately;
    for (unsigned i = 0; i < kAsked; ++i) {
      sequences.push_back(static_cast<std::uint16_t>(oldest + i % kLately));
    }
    std::array<std::uint8_t, 1200> bytes{};
    ByteWriter out(bytes);
    rtp::rtcp::write_nack(out, 1, 2000, sequences);
    ASSERT_GT(out.written().size(), 900U);
    world.peer(kBad).send_rtcp(out.written());
  }

  // 10,000 a second.
  void nack_for(Duration duration) {
    for (const Timestamp end = world.now() + duration; world.now() < end;) {
      ask_for_everything();
      world.run_for(100us);
    }
  }

  std::int64_t video_stat(const char* name) {
    const auto stats =
        world.shard_of(kBad).transport_stats(world.now(), world.router(), world.transport(kBad));
    return std::get<std::int64_t>(stats->at(1).at(name));
  }

  SimWorld world;
  VideoSource* camera = nullptr;
  std::vector<VideoSink*> sinks;
};

// What the good one got, and when.
std::vector<std::pair<Timestamp, std::uint32_t>> frames_of_good(Scene& scene) {
  std::vector<std::pair<Timestamp, std::uint32_t>> frames;
  for (const VideoSink::Frame& frame : scene.sink(kGood).frames()) {
    frames.emplace_back(frame.at, frame.number);
  }
  return frames;
}

}  // namespace

class BadSubscriber : public ::testing::TestWithParam<SimRun> {
 protected:
  void expect_the_same_for_good(Scene& scene) {
    quiet.world.run_for(scene.world.now() - quiet.world.now());
    EXPECT_EQ(frames_of_good(scene), frames_of_good(quiet));
    EXPECT_EQ(scene.world.peer(kGood).seen().audio_packets,
              quiet.world.peer(kGood).seen().audio_packets);
    EXPECT_EQ(scene.world.peer(kGood).seen().audio_out_of_order, 0U);
    EXPECT_EQ(scene.sink(kGood).repaired(), 0U);
    EXPECT_EQ(scene.camera->requests(), quiet.camera->requests()) << "for key frames";
  }

  Scene quiet{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Runs, BadSubscriber, ::testing::ValuesIn(sim_runs()), run_name);

TEST_P(BadSubscriber, WithTenThousandNacksASecondGetsNoMoreThanItWasSent) {
  Scene scene(GetParam());
  const std::int64_t nacks = scene.video_stat("nackCount");
  scene.nack_for(300ms);
  scene.world.run_for(100ms);
  EXPECT_GE(scene.video_stat("nackCount"), nacks + 2900);
  const auto sent = scene.sink(kBad).packets();
  EXPECT_GT(scene.world.total(&sfu::ShardCounters::rtp_retransmitted), 10U) << "it was heard";
  EXPECT_LE(scene.world.total(&sfu::ShardCounters::rtp_retransmitted), sent);
  EXPECT_LE(scene.video_stat("nackPacketCount"), sent + sfu::ResendBudget::kMaxSaved)
      << "numbers that were looked up";
  EXPECT_GE(scene.world.total(&sfu::ShardCounters::nacks_cut_short), 2900U);
  expect_the_same_for_good(scene);
}

TEST_P(BadSubscriber, IsRepairedAgainOnceItHasCalmedDown) {
  Scene scene(GetParam());
  scene.nack_for(300ms);
  scene.world.run_for(2s);
  const auto repaired = scene.sink(kBad).repaired();
  const std::size_t shown = scene.sink(kBad).frames().size();
  const std::uint32_t made = scene.camera->frames();
  scene.world.downlink(kBad).conditions.loss = 0.2;
  scene.world.run_for(5s);
  scene.world.downlink(kBad).conditions.loss = 0;
  scene.world.run_for(1s);
  EXPECT_GT(scene.sink(kBad).repaired(), repaired + 10);
  EXPECT_GE(scene.sink(kBad).frames().size() - shown + 1, scene.camera->frames() - made);
  expect_the_same_for_good(scene);
}

TEST_P(BadSubscriber, ThatTakesNothingAnyMoreCostsNoPacketOfOthers) {
  Scene scene(GetParam());
  scene.world.downlink(kBad).conditions.loss = 1;
  scene.world.run_for(20s);
  EXPECT_EQ(scene.world.states_of(kBad).back(), sfu::TransportState::kConnected) << "it consents";
  EXPECT_EQ(scene.world.total(&sfu::ShardCounters::rtp_retransmitted), 0U);
  expect_the_same_for_good(scene);
}

}  // namespace parlance::test
