#include "sfu/forward/producer.h"

#include <gtest/gtest.h>

#include "tests/support/sfu/fake_ports.h"

namespace parlance::sfu {
namespace {

using namespace std::chrono_literals;

class ProducerTest : public ::testing::Test {
 protected:
  std::unique_ptr<Producer> make(const ProducerOptions& options) {
    return std::make_unique<Producer>(options, 1, bench.context(), bench.publisher, bench.levels);
  }

  std::unique_ptr<Consumer> consume(Producer& producer, const ConsumerOptions& options) {
    auto consumer = std::make_unique<Consumer>(
        options, producer, bench.subscriber, bench.counters, Consumer::Numbers{});
    EXPECT_TRUE(bench.subscriber.attach(bench.now, *consumer, bench.outbox));
    return consumer;
  }

  test::ForwardBench bench;
};

TEST_F(ProducerTest, GivesPacketsToAllItsConsumers) {
  const auto producer = make(test::video_producer(1, 1000));
  const auto one = consume(*producer, test::video_consumer(1, 1, 2000));
  const auto two = consume(*producer, test::video_consumer(2, 1, 3000));
  bench.feed(*producer, test::ForwardBench::video(10, true));
  ASSERT_EQ(bench.subscriber.sent.size(), 2U);
  EXPECT_EQ(bench.subscriber.sent[0].ssrc, 2000U);
  EXPECT_EQ(bench.subscriber.sent[1].ssrc, 3000U);
  EXPECT_EQ(bench.counters.consumers, 2U);
}

TEST_F(ProducerTest, MakesTheDatagramsOfAVideoFrameEqual) {
  const auto producer = make(test::video_producer(1, 1000));
  const auto consumer = consume(*producer, test::video_consumer(1, 1, 2000));
  for (std::uint16_t i = 0; i < 3; ++i) {
    auto sample = test::ForwardBench::video(static_cast<std::uint16_t>(10 + i), i == 0, i == 0);
    sample.payload = test::vp8_payload(i == 0, i == 0);
    sample.payload.resize(500U + i % 2U);
    bench.wait(*producer, sample);
  }
  producer->pass_on(bench.now, bench.outbox);
  const auto& sent = bench.subscriber.sent;
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[0].payload.size(), 500U);
  EXPECT_EQ(sent[0].bytes.size(), sent[1].bytes.size());
  EXPECT_EQ(sent[2].bytes.size(), sent[1].bytes.size());
}

TEST_F(ProducerTest, SendsAPacketAgainByRtxWithoutItsPadding) {
  const auto producer = make(test::video_producer(1, 1000));
  const auto consumer = consume(*producer, test::video_consumer(1, 1, 2000));
  for (std::uint16_t i = 0; i < 2; ++i) {
    auto sample = test::ForwardBench::video(static_cast<std::uint16_t>(10 + i), i == 0, i == 0);
    sample.payload = test::vp8_payload(i == 0, i == 0);
    sample.payload.resize(500U + i);
    bench.wait(*producer, sample);
  }
  producer->pass_on(bench.now, bench.outbox);
  constexpr std::array<std::uint8_t, 4> kFirst{0, 0, 0, 0};
  consumer->on_nack(bench.now, {.sender = 1, .media = 2000, .items = kFirst}, bench.outbox);
  const auto& sent = bench.subscriber.sent;
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[0].bytes[0] & 0x20U, 0x20U);
  EXPECT_EQ(sent[2].bytes[0] & 0x20U, 0U);
}

TEST_F(ProducerTest, LetsAVideoFrameWaitForItsLastPacket) {
  const auto producer = make(test::video_producer(1, 1000));
  auto sample = test::ForwardBench::video(10, true);
  sample.marker = false;
  bench.wait(*producer, sample);
  EXPECT_EQ(bench.fan_out.due(bench.now), nullptr);
  EXPECT_EQ(bench.fan_out.next(), bench.now + Producer::kGatherTime);
  bench.now += 100us;
  bench.wait(*producer, test::ForwardBench::video(11, false, false));
  EXPECT_EQ(bench.fan_out.due(bench.now), producer.get());
}

TEST_F(ProducerTest, PassesOnTheStartOfALongFrame) {
  const auto producer = make(test::video_producer(1, 1000));
  for (std::size_t i = 0; i < Producer::kMaxGathered; ++i) {
    EXPECT_EQ(bench.fan_out.due(bench.now), nullptr);
    auto sample = test::ForwardBench::video(static_cast<std::uint16_t>(10 + i), i == 0, i == 0);
    sample.marker = false;
    bench.wait(*producer, sample);
  }
  EXPECT_EQ(bench.fan_out.due(bench.now), producer.get());
}

TEST_F(ProducerTest, LetsNothingWaitThatIsLateAlready) {
  const auto producer = make(test::video_producer(1, 1000));
  bench.feed(*producer, test::ForwardBench::video(10, true));
  bench.feed(*producer, test::ForwardBench::video(13));
  auto late = test::ForwardBench::video(11);
  late.marker = false;
  bench.wait(*producer, late);
  EXPECT_EQ(bench.fan_out.due(bench.now), producer.get());
  producer->pass_on(bench.now, bench.outbox);
  auto repaired = test::ForwardBench::video(12);
  repaired.marker = false;
  bench.wait(*producer, repaired, true);
  EXPECT_EQ(bench.fan_out.due(bench.now), producer.get());
}

TEST_F(ProducerTest, LetsNoAudioWait) {
  const auto producer = make(test::audio_producer(1, 1000));
  test::RtpSample sample;
  sample.payload_type = test::kAudioType;
  sample.ssrc = 1000;
  sample.payload = {1, 2, 3};
  bench.wait(*producer, sample);
  EXPECT_EQ(bench.fan_out.due(bench.now), producer.get());
}

TEST_F(ProducerTest, PassesOnWhatWaitsBeforeItIsPaused) {
  const auto producer = make(test::video_producer(1, 1000));
  const auto consumer = consume(*producer, test::video_consumer(1, 1, 2000));
  auto sample = test::ForwardBench::video(10, true);
  sample.marker = false;
  bench.wait(*producer, sample);
  producer->set_paused(bench.now, true, bench.outbox);
  EXPECT_EQ(bench.subscriber.sent.size(), 1U);
}

TEST_F(ProducerTest, IsForgottenByTheFanOutWhenItGoes) {
  auto producer = make(test::video_producer(1, 1000));
  bench.wait(*producer, test::ForwardBench::video(10, true));
  producer.reset();
  EXPECT_EQ(bench.fan_out.due(kNever), nullptr);
}

TEST_F(ProducerTest, SendsWhatWaitsOnceToAConsumerThatBegins) {
  const auto producer = make(test::video_producer(1, 1000));
  const auto old = consume(*producer, test::video_consumer(1, 1, 2000));
  auto sample = test::ForwardBench::video(10, true);
  sample.marker = false;
  bench.wait(*producer, sample);
  const auto fresh = consume(*producer, test::video_consumer(2, 1, 3000));
  producer->pass_on(bench.now, bench.outbox);
  const auto& sent = bench.subscriber.sent;
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].ssrc, 2000U);
  EXPECT_EQ(sent[1].ssrc, 3000U);
  EXPECT_EQ(bench.drops(DropReason::kDuplicateRtp), 0U);
}

TEST_F(ProducerTest, DropsPayloadTypesThatWereNotAgreedOn) {
  const auto producer = make(test::video_producer(1, 1000));
  auto sample = test::ForwardBench::video(10, true);
  sample.payload_type = 45;
  bench.feed(*producer, sample);
  EXPECT_EQ(bench.drops(DropReason::kUnknownPayloadType), 1U);
}

TEST_F(ProducerTest, ForwardsNothingWhilePausedAndCountsIt) {
  const auto producer = make(test::video_producer(1, 1000));
  const auto consumer = consume(*producer, test::video_consumer(1, 1, 2000));
  EXPECT_TRUE(producer->set_paused(bench.now, true, bench.outbox));
  EXPECT_FALSE(producer->set_paused(bench.now, true, bench.outbox));
  bench.feed(*producer, test::ForwardBench::video(10, true));
  EXPECT_TRUE(bench.subscriber.sent.empty());
  EXPECT_EQ(bench.drops(DropReason::kPausedProducer), 1U);
  EXPECT_EQ(producer->stream(0).totals(bench.now).packets, 1U);
}

TEST_F(ProducerTest, WakesItsTransportForAGap) {
  const auto producer = make(test::video_producer(1, 1000));
  bench.feed(*producer, test::ForwardBench::video(10));
  EXPECT_EQ(bench.publisher.wake, kNever);
  bench.feed(*producer, test::ForwardBench::video(12));
  EXPECT_EQ(bench.publisher.wake, bench.now + 10ms);
  producer->on_timeout(bench.now + 10ms, bench.feedback);
  EXPECT_EQ(bench.feedback.packets, (std::vector<std::uint16_t>{11}));
}

TEST_F(ProducerTest, TellsAudioLevelsInPassing) {
  const auto producer = make(test::audio_producer(1, 1000));
  test::RtpSample sample;
  sample.payload_type = test::kAudioType;
  sample.ssrc = 1000;
  sample.below_overload_db = 42;
  sample.payload = {1, 2, 3};
  bench.feed(*producer, sample);
  EXPECT_EQ(bench.levels.levels, (std::vector<std::uint8_t>{42}));
}

TEST_F(ProducerTest, IsCountedWhileItLives) {
  auto producer = make(test::video_producer(1, 1000));
  EXPECT_EQ(bench.counters.producers, 1U);
  producer.reset();
  EXPECT_EQ(bench.counters.producers, 0U);
}

TEST_F(ProducerTest, AsksByFirOnlyWherePliWasNotAgreed) {
  auto options = test::video_producer(1, 1000);
  options.parameters.codecs[0].rtcp_feedback = {{"ccm", "fir"}};
  const auto producer = make(options);
  const auto consumer = consume(*producer, test::video_consumer(1, 1, 2000));
  producer->on_timeout(bench.now, bench.feedback);
  EXPECT_EQ(bench.feedback.firs.size(), 1U);
  EXPECT_TRUE(bench.feedback.plis.empty());
}

}  // namespace
}  // namespace parlance::sfu
