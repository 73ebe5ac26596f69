#include "sfu/forward/consumer.h"

#include <gtest/gtest.h>

#include "base/byte_writer.h"
#include "sfu/forward/producer.h"
#include "tests/support/sfu/fake_ports.h"

namespace parlance::sfu {
namespace {

using namespace std::chrono_literals;

class ConsumerTest : public ::testing::Test {
 protected:
  void begin(const ConsumerOptions& options = test::video_consumer(1, 1, 2000)) {
    consumer = std::make_unique<Consumer>(
        options,
        producer,
        bench.subscriber,
        bench.counters,
        Consumer::Numbers{.first_sequence = 500, .first_rtx_sequence = 900});
    ASSERT_TRUE(bench.subscriber.attach(bench.now, *consumer, bench.outbox));
  }

  void feed(std::uint16_t sequence, bool key_frame = false, bool starts_frame = true) {
    bench.feed(producer, test::ForwardBench::video(sequence, key_frame, starts_frame));
  }

  void nack(std::uint16_t sequence) {
    const std::array<std::uint8_t, 4> item{static_cast<std::uint8_t>(sequence >> 8U),
                                           static_cast<std::uint8_t>(sequence & 0xFFU),
                                           0,
                                           0};
    consumer->on_nack(
        bench.now, {.sender = 1, .media = consumer->ssrc(), .items = item}, bench.outbox);
  }

  void learn_round_trip(Duration round_trip, rtp::rtcp::ReportBlock block = {}) {
    bench.clock.set(bench.now, 1'800'000'000'000'000);
    block.last_sr = bench.clock.at(bench.now).compact();
    consumer->on_report_block(bench.clock.at(bench.now + round_trip), block);
  }

  static ConsumerOptions without_rtx() {
    auto options = test::video_consumer(1, 1, 2000);
    options.parameters.encodings[0].rtx_ssrc.reset();
    return options;
  }

  const std::vector<test::FakeSubscriberPort::Sent>& sent() const { return bench.subscriber.sent; }

  std::uint32_t wishes() { return producer.stream(0).key_frames().open_wishes(); }

  test::ForwardBench bench;
  Producer producer{
      test::video_producer(1, 1000), 1, bench.context(), bench.publisher, bench.levels};
  std::unique_ptr<Consumer> consumer;
};

TEST_F(ConsumerTest, RewritesTheHeaderAndNothingElse) {
  begin();
  feed(10, true);
  ASSERT_EQ(sent().size(), 1U);
  EXPECT_EQ(sent()[0].ssrc, 2000U);
  EXPECT_EQ(sent()[0].payload_type, test::kRouterVideoType);
  EXPECT_EQ(sent()[0].sequence, 500);
  EXPECT_EQ(sent()[0].mid, "1");
  EXPECT_TRUE(sent()[0].marker);
  EXPECT_EQ(sent()[0].transport_sequence, 1);
  EXPECT_EQ(sent()[0].payload, test::vp8_payload(true, true));
}

TEST_F(ConsumerTest, WaitsForAKeyFrameAndWishesForOne) {
  begin();
  EXPECT_EQ(wishes(), 1U);
  EXPECT_EQ(bench.publisher.wake, bench.now);
  feed(10);
  feed(11);
  EXPECT_TRUE(sent().empty());
  feed(12, true);
  feed(13);
  ASSERT_EQ(sent().size(), 2U);
  EXPECT_EQ(sent()[0].sequence, 500);
  EXPECT_EQ(sent()[1].sequence, 501);
  EXPECT_EQ(wishes(), 0U);
}

TEST_F(ConsumerTest, KeepsTheHoleOfAPacketThatMayStillCome) {
  begin();
  feed(10, true);
  feed(12);
  feed(11);
  ASSERT_EQ(sent().size(), 3U);
  EXPECT_EQ(sent()[1].sequence, 502);
  EXPECT_EQ(sent()[2].sequence, 501);
}

TEST_F(ConsumerTest, StartsWithAKeyFrameWhoseFirstPacketCameLast) {
  begin();
  feed(9);
  feed(11, false, false);
  feed(12, false, false);
  EXPECT_TRUE(sent().empty());
  feed(10, true);
  ASSERT_EQ(sent().size(), 3U);
  EXPECT_EQ(sent()[0].payload, test::vp8_payload(true, true));
  EXPECT_EQ(sent()[0].sequence, 500);
  EXPECT_EQ(sent()[2].sequence, 502);
}

TEST_F(ConsumerTest, BeginsWithTheStoredKeyFrameWhereOneJustPassed) {
  feed(10, true);
  feed(11);
  begin();
  ASSERT_EQ(sent().size(), 2U);
  EXPECT_EQ(sent()[0].payload, test::vp8_payload(true, true));
  EXPECT_EQ(wishes(), 0U);
  feed(12);
  ASSERT_EQ(sent().size(), 3U);
  EXPECT_EQ(sent()[2].sequence, 502);
  EXPECT_EQ(bench.counters.key_frames_replayed, 1U);
}

TEST_F(ConsumerTest, AsksForAFreshKeyFrameWhereTheStoredOneIsOld) {
  feed(10, true);
  bench.now += kKeyFrameReplayAge + 1ms;
  begin();
  EXPECT_TRUE(sent().empty());
  EXPECT_EQ(wishes(), 1U);
}

TEST_F(ConsumerTest, DoesNotRepeatAKeyFrameThatItSentBeforeAPause) {
  begin();
  feed(10, true);
  feed(11);
  consumer->set_paused(bench.now, true, bench.outbox);
  feed(12);
  consumer->set_paused(bench.now, false, bench.outbox);
  EXPECT_EQ(sent().size(), 2U);
  EXPECT_EQ(wishes(), 1U);
  EXPECT_EQ(bench.counters.key_frames_replayed, 0U);
  feed(13, true);
  ASSERT_EQ(sent().size(), 3U);
  EXPECT_EQ(sent()[2].sequence, 502);
  EXPECT_EQ(sent()[2].timestamp, 13 * 3000U);
}

TEST_F(ConsumerTest, ResumesWithAKeyFrameThatPassedDuringThePause) {
  begin();
  feed(10, true);
  consumer->set_paused(bench.now, true, bench.outbox);
  feed(11, true);
  feed(12);
  consumer->set_paused(bench.now, false, bench.outbox);
  ASSERT_EQ(sent().size(), 3U);
  EXPECT_EQ(sent()[1].sequence, 501);
  EXPECT_EQ(sent()[1].timestamp, 11 * 3000U);
  EXPECT_EQ(wishes(), 0U);
}

TEST_F(ConsumerTest, DoesNotGoBackForAKeyFrameOfBeforeAPauseThatIsRepairedAfterIt) {
  begin();
  feed(10, true);
  feed(12, false, false);  // of the frame whose first packet is missing
  consumer->set_paused(bench.now, true, bench.outbox);
  consumer->set_paused(bench.now, false, bench.outbox);
  feed(11, true);
  EXPECT_EQ(sent().size(), 2U);
  EXPECT_EQ(wishes(), 1U);
}

TEST_F(ConsumerTest, ClosesTheGapOfAPauseInItsNumbers) {
  begin();
  feed(10, true);
  consumer->set_paused(bench.now, true, bench.outbox);
  feed(11);
  feed(12);
  bench.now += 1s;
  consumer->set_paused(bench.now, false, bench.outbox);
  feed(13);
  feed(14, true);
  ASSERT_EQ(sent().size(), 2U);
  EXPECT_EQ(sent()[1].sequence, 501);
  EXPECT_EQ(sent()[1].timestamp - sent()[0].timestamp, 4 * 3000U);
}

TEST_F(ConsumerTest, ForgetsItsWishWhenItPausesOrCloses) {
  begin();
  EXPECT_EQ(wishes(), 1U);
  consumer->set_paused(bench.now, true, bench.outbox);
  EXPECT_EQ(wishes(), 0U);
  consumer->set_paused(bench.now, false, bench.outbox);
  EXPECT_EQ(wishes(), 1U);
  consumer.reset();
  EXPECT_EQ(wishes(), 0U);
  EXPECT_TRUE(producer.consumers().empty());
}

TEST_F(ConsumerTest, WishesOnceHoweverOftenItIsAsked) {
  begin();
  feed(10, true);
  consumer->on_pli(bench.now);
  consumer->on_pli(bench.now);
  consumer->on_fir(bench.now, 1);
  EXPECT_EQ(wishes(), 1U);
  feed(11, true);
  EXPECT_EQ(wishes(), 0U);
  EXPECT_EQ(consumer->totals(bench.now).plis, 2U);
}

TEST_F(ConsumerTest, TakesARepeatedFirForTheSameRequest) {
  begin();
  feed(10, true);
  consumer->on_fir(bench.now, 7);
  feed(11, true);
  consumer->on_fir(bench.now, 7);
  EXPECT_EQ(wishes(), 0U);
  consumer->on_fir(bench.now, 8);
  EXPECT_EQ(wishes(), 1U);
}

TEST_F(ConsumerTest, SendsAgainByRtxUnderItsOwnNumbers) {
  begin();
  feed(10, true);
  feed(11);
  nack(501);
  ASSERT_EQ(sent().size(), 3U);
  EXPECT_EQ(sent()[2].ssrc, 2001U);
  EXPECT_EQ(sent()[2].payload_type, test::kRouterVideoRtxType);
  EXPECT_EQ(sent()[2].sequence, 900);
  EXPECT_EQ(sent()[2].timestamp, sent()[1].timestamp);
  ASSERT_GE(sent()[2].payload.size(), 2U);
  EXPECT_EQ(sent()[2].payload[0] << 8 | sent()[2].payload[1], 501);
  EXPECT_EQ(bench.counters.rtp_retransmitted, 1U);
  nack(500);
  ASSERT_EQ(sent().size(), 4U);
  EXPECT_EQ(sent()[3].sequence, 901);
}

TEST_F(ConsumerTest, FindsThePacketsOfBeforeAPause) {
  begin();
  feed(10, true);
  feed(11);
  consumer->set_paused(bench.now, true, bench.outbox);
  feed(12);
  consumer->set_paused(bench.now, false, bench.outbox);
  nack(501);
  ASSERT_FALSE(sent().empty());
  EXPECT_EQ(sent().back().ssrc, 2001U);
  EXPECT_EQ(sent().back().timestamp, 11 * 3000U);
}

TEST_F(ConsumerTest, DoesNotSendAgainWhatItNeverSent) {
  begin();
  feed(10, true);
  nack(499);
  nack(501);
  nack(40000);
  EXPECT_EQ(sent().size(), 1U);
  EXPECT_EQ(consumer->totals(bench.now).packets_asked, 3U);
}

TEST_F(ConsumerTest, SendsAgainByteForByteWithoutRtx) {
  begin(without_rtx());
  feed(10, true);
  feed(11);
  feed(12);
  bench.now += 50ms;
  nack(501);
  ASSERT_EQ(sent().size(), 4U);
  EXPECT_EQ(sent()[3].bytes, sent()[1].bytes) << "its times and numbers included";
  EXPECT_EQ(bench.counters.rtp_retransmitted, 1U);
  feed(13);
  EXPECT_EQ(sent().back().sequence, 503);
  EXPECT_EQ(sent().back().transport_sequence, 4) << "the repetition took no number";
  EXPECT_FALSE(consumer->rtx_ssrc().has_value());
}

// A packet that the publisher repaired late: the subscriber asked for it before it came.
TEST_F(ConsumerTest, DoesNotSendAgainWhatIsStillOnItsWay) {
  begin();
  feed(10, true);
  feed(12);
  learn_round_trip(80ms);
  feed(11);
  ASSERT_EQ(sent().size(), 3U);
  bench.now += 30ms;
  nack(501);
  EXPECT_EQ(sent().size(), 3U);
  bench.now += 15ms;
  nack(501);
  ASSERT_EQ(sent().size(), 4U);
  EXPECT_EQ(sent()[3].ssrc, 2001U);
}

TEST_F(ConsumerTest, SendsNothingAgainWithoutRtxAndNack) {
  auto options = without_rtx();
  options.parameters.codecs[0].rtcp_feedback.clear();
  begin(options);
  feed(10, true);
  nack(500);
  EXPECT_EQ(sent().size(), 1U);
}

TEST_F(ConsumerTest, StopsListeningToWhoAsksForMoreThanItWasSent) {
  begin();
  feed(10, true);
  feed(11);
  for (std::uint32_t i = 0; i < ResendBudget::kMaxSaved; ++i) {
    nack(40000);
  }
  bench.now += 1s;
  nack(501);
  EXPECT_EQ(sent().size(), 2U);
  EXPECT_EQ(bench.counters.nacks_cut_short, 1U);
  EXPECT_EQ(consumer->totals(bench.now).packets_asked, ResendBudget::kMaxSaved);
  feed(12);
  nack(502);
  EXPECT_EQ(sent().size(), 4U) << "a packet earned a request";
}

TEST_F(ConsumerTest, NeverSendsAnotherPacketUnderANumber) {
  for (const bool rtx : {false, true}) {
    SCOPED_TRACE(rtx);
    const std::uint16_t first = rtx ? 110 : 10;
    const std::uint16_t second = rtx ? 111 : 11;
    const std::uint16_t third = rtx ? 112 : 12;
    consumer.reset();
    bench.subscriber.sent.clear();
    bench.now += 1s;  // no key frame is replayed
    begin(rtx ? test::video_consumer(1, 1, 2000) : without_rtx());
    feed(first, true);
    feed(second);
    // The producer forgets its packets, and its publisher repairs one of them: with other content.
    bench.now += 10ms;
    producer.set_paused(bench.now, true, bench.outbox);
    producer.set_paused(bench.now, false, bench.outbox);
    feed(third, true);
    const std::size_t before = sent().size();
    auto other = test::ForwardBench::video(second);
    other.payload.push_back(0x55);
    bench.feed(producer, other, true);
    EXPECT_EQ(sent().size(), before);
    nack(501);
    EXPECT_EQ(sent().size(), before + (rtx ? 1U : 0U)) << "RTX has a number of its own";
  }
}

TEST_F(ConsumerTest, IsSilentWhileItsTransportCanNotSend) {
  bench.subscriber.writable = false;
  begin();
  feed(10, true);
  EXPECT_TRUE(sent().empty());
  EXPECT_EQ(wishes(), 0U);
  bench.subscriber.writable = true;
  bench.now += 1s;
  consumer->set_writable(bench.now, true, bench.outbox);
  EXPECT_EQ(wishes(), 1U);
  EXPECT_EQ(bench.subscriber.hastened, 1);
}

TEST_F(ConsumerTest, RestartsWithAKeyFrameWhenThePublisherBeginsAnew) {
  begin();
  feed(10, true);
  feed(40000);
  feed(40001);
  EXPECT_EQ(sent().size(), 1U);
  EXPECT_EQ(wishes(), 1U);
  feed(40002, true);
  ASSERT_EQ(sent().size(), 2U);
  EXPECT_EQ(sent()[1].sequence, 501);
}

TEST_F(ConsumerTest, SendsAudioFromTheNextPacketOn) {
  Producer audio(test::audio_producer(2, 5000), 2, bench.context(), bench.publisher, bench.levels);
  Consumer listener(test::audio_consumer(7, 2, 6000),
                    audio,
                    bench.subscriber,
                    bench.counters,
                    {.first_sequence = 70, .first_rtx_sequence = 0});
  ASSERT_TRUE(bench.subscriber.attach(bench.now, listener, bench.outbox));
  test::RtpSample sample;
  sample.payload_type = test::kAudioType;
  sample.ssrc = 5000;
  sample.sequence = 9;
  sample.payload = {1, 2, 3};
  bench.feed(audio, sample);
  ASSERT_EQ(sent().size(), 1U);
  EXPECT_EQ(sent()[0].sequence, 70);
  EXPECT_EQ(sent()[0].payload_type, test::kRouterAudioType);
  EXPECT_FALSE(sent()[0].transport_sequence.has_value());
}

TEST_F(ConsumerTest, ReportsWhatItSentWhileItSends) {
  begin();
  EXPECT_FALSE(consumer->make_sender_report(bench.now).has_value());
  feed(10, true);
  feed(11);
  const auto report = consumer->make_sender_report(bench.now);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->sender, 2000U);
  EXPECT_EQ(report->packet_count, 2U);
  EXPECT_EQ(report->octet_count,
            test::vp8_payload(true, true).size() + test::vp8_payload(true, false).size());
  EXPECT_FALSE(consumer->make_sender_report(bench.now + 3s).has_value());
}

TEST_F(ConsumerTest, ReportsTimestampsAsItSentThem) {
  begin();
  feed(10, true);
  EXPECT_EQ(consumer->make_sender_report(bench.now)->rtp_timestamp, sent()[0].timestamp);
  // The publisher begins anew, with timestamps that don't follow from those before.
  bench.now += 1s;
  feed(40000);
  feed(40001);
  feed(40002, true);
  ASSERT_EQ(sent().size(), 2U);
  EXPECT_NE(sent()[1].timestamp, 40002U * 3000U);
  EXPECT_EQ(consumer->make_sender_report(bench.now)->rtp_timestamp, sent()[1].timestamp);
}

TEST_F(ConsumerTest, LearnsLossAndRoundTripFromReports) {
  begin();
  feed(10, true);
  rtp::rtcp::ReportBlock block;
  block.ssrc = 2000;
  block.fraction_lost = 128;
  block.cumulative_lost = 5;
  learn_round_trip(80ms, block);
  const auto totals = consumer->totals(bench.now);
  EXPECT_EQ(totals.lost, 5);
  EXPECT_LT(totals.score, 10);
  ASSERT_TRUE(totals.round_trip.has_value());
  EXPECT_NEAR(static_cast<double>(totals.round_trip->count()), 80'000, 100);
}

TEST(ConsumerOptions, NeedACodecAndOneStream) {
  auto options = test::video_consumer(1, 1, 2000);
  EXPECT_TRUE(Consumer::accepts(options));
  options.parameters.encodings[0].ssrc.reset();
  EXPECT_FALSE(Consumer::accepts(options));
  options = test::video_consumer(1, 1, 2000);
  options.parameters.codecs.clear();
  EXPECT_FALSE(Consumer::accepts(options));
  options = test::video_consumer(1, 1, 2000);
  options.parameters.codecs.erase(options.parameters.codecs.begin());
  EXPECT_FALSE(Consumer::accepts(options));
}

}  // namespace
}  // namespace parlance::sfu
