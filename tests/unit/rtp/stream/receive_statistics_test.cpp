#include "rtp/stream/receive_statistics.h"

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::kStart;
using test::ms;

// A stream of 20 ms Opus frames, some of them lost.
class Stream {
 public:
  void receive(std::uint16_t sequence, Duration lateness = {}) {
    const Timestamp at = kStart + ms(20) * sequence + lateness;
    statistics.on_packet(at, tracker.update(sequence), sequence * 960U);
    now = std::max(now, at);
  }

  rtcp::ReportBlock report() { return statistics.make_report(now, 42).value(); }

  SequenceTracker tracker;
  ReceiveStatistics statistics{48'000};
  Timestamp now = kStart;
};

TEST(ReceiveStatistics, HasNothingToReportBeforeTheFirstPacket) {
  ReceiveStatistics statistics(48'000);
  EXPECT_FALSE(statistics.make_report(kStart, 1));
}

TEST(ReceiveStatistics, HasLostNothingBeforeTheFirstPacket) {
  EXPECT_EQ(ReceiveStatistics(48'000).lost(), 0);
}

TEST(ReceiveStatistics, CountsWhatIsMissing) {
  Stream stream;
  for (std::uint16_t i = 0; i < 100; ++i) {
    if (i % 4 != 1) {
      stream.receive(i);
    }
  }
  const auto block = stream.report();
  EXPECT_EQ(block.ssrc, 42U);
  EXPECT_EQ(block.cumulative_lost, 25);
  EXPECT_EQ(block.fraction_lost, 64);
  EXPECT_EQ(block.highest_sequence, 99U);
  EXPECT_EQ(block.jitter, 0U);
}

TEST(ReceiveStatistics, ReportsTheFractionOfTheIntervalOnly) {
  Stream stream;
  stream.receive(0);
  stream.receive(9);
  EXPECT_GT(stream.report().fraction_lost, 0);
  stream.receive(10);
  stream.receive(11);
  const auto block = stream.report();
  EXPECT_EQ(block.fraction_lost, 0);
  EXPECT_EQ(block.cumulative_lost, 8);
}

TEST(ReceiveStatistics, CountsRepairsAsReceived) {
  Stream stream;
  stream.receive(0);
  stream.receive(2);
  stream.statistics.on_repaired();
  EXPECT_EQ(stream.report().cumulative_lost, 0);
}

TEST(ReceiveStatistics, GoesNegativeOnDuplicates) {
  Stream stream;
  stream.receive(0);
  stream.receive(0);
  const auto block = stream.report();
  EXPECT_EQ(block.cumulative_lost, -1);
  EXPECT_EQ(block.fraction_lost, 0);
}

TEST(ReceiveStatistics, KeepsTheLossAcrossAReset) {
  Stream stream;
  stream.receive(0);
  stream.receive(3);
  stream.receive(40'000);
  stream.receive(40'001);
  stream.receive(40'003);
  EXPECT_EQ(stream.report().cumulative_lost, 3);
}

TEST(ReceiveStatistics, MeasuresJitter) {
  Stream stream;
  for (std::uint16_t i = 0; i < 300; ++i) {
    stream.receive(i, i % 2 == 0 ? ms(0) : ms(5));
  }
  EXPECT_NEAR(stream.report().jitter, 240, 16);  // 5 ms at 48 kHz
}

TEST(ReceiveStatistics, TellsWhenTheLastSenderReportCame) {
  Stream stream;
  stream.receive(0);
  EXPECT_EQ(stream.report().last_sr, 0U);
  stream.statistics.on_sender_report(kStart, NtpTime{0x1111222233334444ULL});
  const auto block = stream.statistics.make_report(kStart + ms(500), 42).value();
  EXPECT_EQ(block.last_sr, 0x22223333U);
  EXPECT_EQ(block.delay_since_last_sr, 0x8000U);
}

}  // namespace
}  // namespace parlance::rtp
