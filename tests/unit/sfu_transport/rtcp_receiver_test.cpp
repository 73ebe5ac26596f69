#include "sfu/transport/rtcp_receiver.h"

#include <gtest/gtest.h>

#include "base/byte_writer.h"
#include "rtp/rtcp/bandwidth_estimate.h"
#include "rtp/rtcp/extended_report.h"
#include "rtp/rtcp/full_intra_request.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/picture_loss.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/sender_report.h"
#include "tests/support/sfu/fake_ports.h"

namespace parlance::sfu {
namespace {

using namespace std::chrono_literals;

class RtcpReceiverTest : public ::testing::Test {
 protected:
  void SetUp() override {
    bench.clock.set(bench.now, 1'800'000'000'000'000);
    ASSERT_TRUE(receives.add(producer));
    ASSERT_TRUE(sends.add(consumer));
    ASSERT_TRUE(bench.subscriber.attach(bench.now, consumer, bench.outbox));
    bench.feed(producer, test::ForwardBench::video(10, true));
  }

  template <typename Write>
  void receive(Write&& write) {
    std::array<std::uint8_t, 1200> bytes{};
    ByteWriter out(bytes);
    write(out);
    receiver.on_compound(bench.now, bench.clock.at(bench.now), out.written(), bench.outbox);
  }

  test::ForwardBench bench;
  Producer producer{
      test::video_producer(1, 1000), 1, bench.context(), bench.publisher, bench.levels};
  Consumer consumer{test::video_consumer(2, 1, 2000),
                    producer,
                    bench.subscriber,
                    bench.counters,
                    {.first_sequence = 500, .first_rtx_sequence = 1}};
  ReceiveStreams receives;
  SendStreams sends;
  SentHistory history;
  RtcpReporter reporter{7, "server"};
  RtcpReceiver receiver{receives, sends, history, reporter, bench.counters};
};

TEST_F(RtcpReceiverTest, TakesNacksToTheConsumerThatTheyName) {
  receive([](ByteWriter& out) {
    rtp::rtcp::write_nack(out, 1, 2000, std::vector<std::uint16_t>{500});
  });
  EXPECT_EQ(bench.counters.rtp_retransmitted, 1U);
  receive([](ByteWriter& out) {
    rtp::rtcp::write_nack(out, 1, 4444, std::vector<std::uint16_t>{500});
  });
  EXPECT_EQ(bench.counters.rtp_retransmitted, 1U);
  EXPECT_EQ(bench.drops(DropReason::kMalformedRtcp), 0U);
}

TEST_F(RtcpReceiverTest, TakesKeyFrameRequestsOfBothKinds) {
  receive(
      [](ByteWriter& out) { rtp::rtcp::write_picture_loss(out, {.sender = 1, .media = 2000}); });
  EXPECT_EQ(producer.stream(0).key_frames().open_wishes(), 1U);
  receive([](ByteWriter& out) {
    rtp::rtcp::write_full_intra_request(out, 1, {.ssrc = 2000, .sequence = 1});
  });
  EXPECT_EQ(consumer.totals(bench.now).plis, 1U);
  EXPECT_EQ(consumer.totals(bench.now).firs, 1U);
}

TEST_F(RtcpReceiverTest, TakesReportBlocksOfReceiverAndSenderReports) {
  receive([&](ByteWriter& out) {
    rtp::rtcp::ReceiverReport report;
    report.blocks.push({.ssrc = 2000, .cumulative_lost = 3});
    report.blocks.push({.ssrc = 2001, .cumulative_lost = 9});  // of the rtx stream
    rtp::rtcp::write_receiver_report(out, report);
  });
  EXPECT_EQ(consumer.totals(bench.now).lost, 3);
  receive([&](ByteWriter& out) {
    rtp::rtcp::SenderReport report;
    report.sender = 1000;
    report.blocks.push({.ssrc = 2000, .cumulative_lost = 4});
    rtp::rtcp::write_sender_report(out, report);
  });
  EXPECT_EQ(consumer.totals(bench.now).lost, 4);
}

TEST_F(RtcpReceiverTest, LearnsThePublishersClock) {
  EXPECT_FALSE(producer.stream(0).clock().has_report());
  receive([&](ByteWriter& out) {
    rtp::rtcp::SenderReport report;
    report.sender = 1000;
    report.ntp = bench.clock.at(bench.now);
    report.rtp_timestamp = 90000;
    rtp::rtcp::write_sender_report(out, report);
  });
  EXPECT_TRUE(producer.stream(0).clock().has_report());
}

TEST_F(RtcpReceiverTest, LearnsThePublishersRoundTripFromItsAnswer) {
  const std::uint32_t asked = bench.clock.at(bench.now).compact();
  bench.now += 60ms;
  receive([&](ByteWriter& out) {
    rtp::rtcp::ExtendedReport report;
    report.sender = 1;
    report.delays.push({.ssrc = 12345, .last_rr = asked, .delay_since_last_rr = 0});
    rtp::rtcp::write_extended_report(out, report);
  });
  EXPECT_FALSE(producer.stream(0).totals(bench.now).round_trip.has_value());
  receive([&](ByteWriter& out) {
    rtp::rtcp::ExtendedReport report;
    report.sender = 1;
    report.delays.push({.ssrc = 7, .last_rr = asked, .delay_since_last_rr = rtp::to_compact(20ms)});
    rtp::rtcp::write_extended_report(out, report);
  });
  const auto round_trip = producer.stream(0).totals(bench.now).round_trip;
  ASSERT_TRUE(round_trip.has_value());
  EXPECT_NEAR(static_cast<double>(round_trip->count()), 40'000, 100);
}

TEST_F(RtcpReceiverTest, RemembersWhatTheSubscriberEstimates) {
  EXPECT_FALSE(receiver.estimate_bps().has_value());
  receive([](ByteWriter& out) {
    rtp::rtcp::BandwidthEstimate estimate;
    estimate.bitrate_bps = 1'000'000;
    estimate.sources.push(2000);
    rtp::rtcp::write_bandwidth_estimate(out, estimate);
  });
  ASSERT_TRUE(receiver.estimate_bps().has_value());
  EXPECT_NEAR(static_cast<double>(*receiver.estimate_bps()), 1e6, 1e4);
}

TEST_F(RtcpReceiverTest, CountsMalformedPartsOnceAndStopsThere) {
  receive([](ByteWriter& out) {
    out.u8(0x81);  // a NACK of no item, then a PLI that is not looked at any more
    out.u8(205);
    out.u16(1);
    out.u32(1);
    rtp::rtcp::write_picture_loss(out, {.sender = 1, .media = 2000});
  });
  EXPECT_EQ(bench.drops(DropReason::kMalformedRtcp), 1U);
  EXPECT_EQ(consumer.totals(bench.now).plis, 0U);
}

TEST_F(RtcpReceiverTest, PassesOverTypesThatAreNotItsBusiness) {
  receive([](ByteWriter& out) {
    out.u8(0x80);
    out.u8(204);
    out.u16(1);
    out.u32(1);
    rtp::rtcp::write_picture_loss(out, {.sender = 1, .media = 2000});
  });
  EXPECT_EQ(bench.drops(DropReason::kMalformedRtcp), 0U);
  EXPECT_EQ(consumer.totals(bench.now).plis, 1U);
}

TEST_F(RtcpReceiverTest, RefusesConsumersWhoseSsrcsAreTaken) {
  Consumer same(test::video_consumer(3, 1, 2001), producer, bench.subscriber, bench.counters, {});
  EXPECT_EQ(sends.add(same).error(), MediaError::kSsrcInUse);
  Consumer by_rtx(test::video_consumer(4, 1, 1999), producer, bench.subscriber, bench.counters, {});
  EXPECT_EQ(sends.add(by_rtx).error(), MediaError::kSsrcInUse) << "its RTX would be on 2000";
  EXPECT_EQ(sends.consumers().size(), 1U);
  sends.remove(consumer);
  EXPECT_EQ(sends.find(2000), nullptr);
  EXPECT_EQ(sends.find(2001), nullptr);
  // The keys have seen its numbers.
  EXPECT_EQ(sends.add(consumer).error(), MediaError::kSsrcInUse);
}

}  // namespace
}  // namespace parlance::sfu
