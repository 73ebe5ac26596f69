#include "sfu/forward/pipe_consumer.h"

#include <vector>

#include <gtest/gtest.h>

#include "tests/support/sfu/fake_ports.h"

namespace parlance::sfu {
namespace {

using Kind = PipeMessage::Kind;

class PipeConsumerTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kPacketsPerFrame = 10;

  // Of one frame, as big as they get.
  void send_frame(std::uint16_t frame) {
    for (std::uint16_t i = 0; i < kPacketsPerFrame; ++i) {
      auto sample = test::ForwardBench::video(
          static_cast<std::uint16_t>(frame * kPacketsPerFrame + i), false, i == 0);
      sample.timestamp = frame * 3000U;
      sample.payload.resize(1300);
      bench.feed(*video, sample);
    }
  }

  void send_audio(std::uint16_t sequence) {
    test::RtpSample sample;
    sample.payload_type = test::kAudioType;
    sample.sequence = sequence;
    sample.ssrc = 2000;
    sample.payload.assign(100, 1);
    bench.feed(*audio, sample);
  }

  static rtp::rtcp::SenderReport report() {
    rtp::rtcp::SenderReport report;
    report.ntp = {7};
    report.rtp_timestamp = 3000;
    return report;
  }

  std::vector<PipeMessage> take() {
    std::vector<PipeMessage> messages;
    for (pipe.publish(); const auto entry = pipe.front(); pipe.pop()) {
      messages.push_back(entry->message);
    }
    return messages;
  }

  std::size_t count(const std::vector<PipeMessage>& messages, const Producer& of, Kind kind) {
    return static_cast<std::size_t>(std::ranges::count_if(
        messages, [&](const auto& each) { return each.kind == kind && each.producer == of.id(); }));
  }

  std::unique_ptr<Producer> make(const ProducerOptions& options) {
    return std::make_unique<Producer>(options, 1, bench.context(), bench.publisher, bench.levels);
  }

  RouterId router = test::id_of<RouterId>(1);
  test::ForwardBench bench;
  Pipe pipe{std::size_t{1} << 18U};
  std::unique_ptr<Producer> video = make(test::video_producer(1, 1000));
  std::unique_ptr<Producer> audio = make(test::audio_producer(2, 2000));
};

TEST_F(PipeConsumerTest, SendsEveryPacketAndReportOfItsProducer) {
  video->pipe_to(bench.now, router, pipe);
  video->pipe_to(bench.now, router, pipe);
  send_frame(1);
  video->on_sender_report(bench.now, rtp::NtpTime{5}, 0, report());
  const auto messages = take();
  EXPECT_EQ(count(messages, *video, Kind::kRestart), 1U) << "subscribed once";
  EXPECT_EQ(count(messages, *video, Kind::kPacket), kPacketsPerFrame);
  EXPECT_EQ(count(messages, *video, Kind::kSenderReport), 1U);
  EXPECT_EQ(bench.counters.pipe_packets, kPacketsPerFrame);
}

TEST_F(PipeConsumerTest, BeginsWithTheNewestReportAndKeyFrame) {
  video->on_sender_report(bench.now, rtp::NtpTime{5}, 0, report());
  bench.feed(*video, test::ForwardBench::video(9));
  bench.feed(*video, test::ForwardBench::video(10, true));
  bench.feed(*video, test::ForwardBench::video(11));
  video->pipe_to(bench.now, router, pipe);
  std::vector<Kind> kinds;
  for (const PipeMessage& each : take()) {
    kinds.push_back(each.kind);
  }
  EXPECT_EQ(kinds,
            (std::vector{Kind::kRestart, Kind::kSenderReport, Kind::kPacket, Kind::kPacket}));
}

TEST_F(PipeConsumerTest, SendsNothingAfterItsEnd) {
  video->pipe_to(bench.now, router, pipe);
  take();
  video->stop_piping(pipe);
  send_frame(1);
  EXPECT_TRUE(take().empty());
}

TEST_F(PipeConsumerTest, DropsWholeFramesBeforeAnyAudio) {
  video->pipe_to(bench.now, router, pipe);
  audio->pipe_to(bench.now, router, pipe);
  constexpr std::uint16_t kFrames = 100;
  for (std::uint16_t i = 0; i < kFrames; ++i) {
    send_frame(i);
    send_audio(i);
  }
  const auto messages = take();
  EXPECT_EQ(count(messages, *audio, Kind::kPacket), kFrames);
  const std::size_t packets = count(messages, *video, Kind::kPacket);
  EXPECT_GT(packets, 0U);
  EXPECT_EQ(packets % kPacketsPerFrame, 0U);
  const std::size_t frames = packets / kPacketsPerFrame;
  EXPECT_EQ(bench.counters.pipe_frames_dropped, kFrames - frames);
  EXPECT_EQ(bench.counters.pipe_packets_dropped, (kFrames - frames) * kPacketsPerFrame);
  send_frame(kFrames);
  EXPECT_EQ(count(take(), *video, Kind::kPacket), kPacketsPerFrame) << "once there is room again";
}

TEST_F(PipeConsumerTest, AsksForAKeyFrameUntilItHasSentOne) {
  bench.feed(*video, test::ForwardBench::video(9));
  video->pipe_to(bench.now, router, pipe);
  video->on_piped_key_frame_request(bench.now, pipe);
  video->on_piped_key_frame_request(bench.now, pipe);
  EXPECT_EQ(video->stream(0).key_frames().open_wishes(), 1U);
  EXPECT_LE(bench.publisher.wake, bench.now);
  bench.feed(*video, test::ForwardBench::video(10, true));
  EXPECT_EQ(video->stream(0).key_frames().open_wishes(), 0U);
}

TEST_F(PipeConsumerTest, TakesItsWishBackAtItsEnd) {
  bench.feed(*video, test::ForwardBench::video(9));
  video->pipe_to(bench.now, router, pipe);
  video->on_piped_key_frame_request(bench.now, pipe);
  video->stop_piping(pipe);
  EXPECT_EQ(video->stream(0).key_frames().open_wishes(), 0U);
}

TEST(PipedReport, SurvivesItsWriting) {
  const PipedReport report{rtp::NtpTime{1}, rtp::NtpTime{2}, 3};
  std::array<std::uint8_t, PipedReport::kSize> bytes{};
  report.write(bytes);
  const PipedReport read = PipedReport::read(bytes);
  EXPECT_EQ(read.arrived, report.arrived);
  EXPECT_EQ(read.sent, report.sent);
  EXPECT_EQ(read.rtp_timestamp, report.rtp_timestamp);
}

}  // namespace
}  // namespace parlance::sfu
