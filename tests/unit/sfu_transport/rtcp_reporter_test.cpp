#include "sfu/transport/rtcp_reporter.h"

#include <gtest/gtest.h>

#include "rtp/rtcp/compound.h"
#include "rtp/rtcp/extended_report.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/sender_report.h"
#include "rtp/rtcp/source_description.h"
#include "tests/support/sfu/fake_crypto.h"
#include "tests/support/sfu/fake_ports.h"

namespace parlance::sfu {
namespace {

using namespace std::chrono_literals;
using rtp::rtcp::PacketType;

class RtcpReporterTest : public ::testing::Test {
 protected:
  RtcpReporterTest() {
    sender.set_path(Path{.socket = 0, .remote = SocketAddress::v4({10, 0, 0, 1}, 1)});
    sender.set_keys(std::make_unique<test::FakeSrtpOutbound>(std::uint8_t{5}));
    bench.clock.set(bench.now, 1'800'000'000'000'000);
  }

  // The packets of all datagrams that one report made.
  std::vector<std::vector<std::uint8_t>> write(std::vector<Producer*> producers,
                                               std::vector<Consumer*> consumers) {
    RtcpBatch batch(bench.now, sender, outbox);
    reporter.write(bench.now, bench.clock.at(bench.now), producers, consumers, batch);
    std::vector<std::vector<std::uint8_t>> compounds;
    for (std::uint32_t i = 0; i < outbox.size(); ++i) {
      const auto bytes = outbox.bytes(i);
      compounds.emplace_back(bytes.begin(), bytes.end() - 20);
    }
    outbox.clear();
    return compounds;
  }

  test::ForwardBench bench;
  ShardCounters counters;
  MediaSender sender{counters};
  Outbox outbox{64};
  RtcpReporter reporter{7, "server"};
};

TEST_F(RtcpReporterTest, SaysNothingWhereThereIsNothingToSay) {
  EXPECT_TRUE(write({}, {}).empty());
}

TEST_F(RtcpReporterTest, ReportsReceptionWithItsReferenceTime) {
  Producer producer(
      test::video_producer(1, 1000), 1, bench.context(), bench.publisher, bench.levels);
  bench.feed(producer, test::ForwardBench::video(10, true));
  bench.feed(producer, test::ForwardBench::video(12));
  const auto compounds = write({&producer}, {});
  ASSERT_EQ(compounds.size(), 1U);
  rtp::rtcp::CompoundReader reader(compounds[0]);
  const auto report = rtp::rtcp::parse_receiver_report(reader.next().value());
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->sender, 7U);
  ASSERT_EQ(report->blocks.size(), 1U);
  EXPECT_EQ(report->blocks[0].ssrc, 1000U);
  EXPECT_EQ(report->blocks[0].cumulative_lost, 1);
  const auto description = rtp::rtcp::parse_source_description(reader.next().value());
  ASSERT_TRUE(description.has_value());
  EXPECT_EQ(description->chunks.at(0).cname, "server");
  const auto extended = rtp::rtcp::parse_extended_report(reader.next().value());
  ASSERT_TRUE(extended.has_value());
  EXPECT_EQ(extended->reference_time, bench.clock.at(bench.now));
}

TEST_F(RtcpReporterTest, ReportsWhatConsumersSentUnderThePublishersName) {
  Producer producer(
      test::video_producer(1, 1000), 1, bench.context(), bench.publisher, bench.levels);
  Consumer consumer(
      test::video_consumer(2, 1, 2000), producer, bench.subscriber, bench.counters, {});
  ASSERT_TRUE(bench.subscriber.attach(bench.now, consumer, bench.outbox));
  bench.feed(producer, test::ForwardBench::video(10, true));
  const auto compounds = write({}, {&consumer});
  ASSERT_EQ(compounds.size(), 1U);
  rtp::rtcp::CompoundReader reader(compounds[0]);
  const auto report = rtp::rtcp::parse_sender_report(reader.next().value());
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->sender, 2000U);
  EXPECT_EQ(report->packet_count, 1U);
  EXPECT_EQ(report->ntp, bench.clock.at(bench.now));
  const auto description = rtp::rtcp::parse_source_description(reader.next().value());
  ASSERT_TRUE(description.has_value());
  EXPECT_EQ(description->chunks.at(0).ssrc, 2000U);
  EXPECT_EQ(description->chunks.at(0).cname, "publisher");
}

TEST_F(RtcpReporterTest, SplitsManyReportsIntoDatagrams) {
  Producer producer(
      test::video_producer(1, 1000), 1, bench.context(), bench.publisher, bench.levels);
  std::vector<std::unique_ptr<Consumer>> consumers;
  std::vector<Consumer*> lent;
  for (std::uint8_t i = 0; i < 60; ++i) {
    consumers.push_back(std::make_unique<Consumer>(test::video_consumer(i, 1, 2000U + 2U * i),
                                                   producer,
                                                   bench.subscriber,
                                                   bench.counters,
                                                   Consumer::Numbers{}));
    ASSERT_TRUE(bench.subscriber.attach(bench.now, *consumers.back(), bench.outbox));
    lent.push_back(consumers.back().get());
  }
  bench.feed(producer, test::ForwardBench::video(10, true));
  const auto compounds = write({}, lent);
  EXPECT_GT(compounds.size(), 1U);
  std::size_t reports = 0;
  for (const auto& compound : compounds) {
    EXPECT_LE(compound.size(), kMaxRtcpBytes);
    rtp::rtcp::CompoundReader reader(compound);
    while (const auto packet = reader.next()) {
      reports += packet->is(PacketType::kSenderReport) ? 1 : 0;
    }
    EXPECT_FALSE(reader.malformed());
  }
  EXPECT_EQ(reports, 60U);
}

TEST_F(RtcpReporterTest, AnswersAReferenceTimeOnce) {
  const rtp::NtpTime sent{0x1122334455667788ULL};
  reporter.on_reference_time(bench.now, 99, sent);
  bench.now += 500ms;
  const auto compounds = write({}, {});
  ASSERT_EQ(compounds.size(), 1U);
  rtp::rtcp::CompoundReader reader(compounds[0]);
  const auto report = rtp::rtcp::parse_extended_report(reader.next().value());
  ASSERT_TRUE(report.has_value());
  ASSERT_EQ(report->delays.size(), 1U);
  EXPECT_EQ(report->delays[0].ssrc, 99U);
  EXPECT_EQ(report->delays[0].last_rr, sent.compact());
  EXPECT_EQ(report->delays[0].delay_since_last_rr, 0x8000U);
  EXPECT_TRUE(write({}, {}).empty());
}

}  // namespace
}  // namespace parlance::sfu
