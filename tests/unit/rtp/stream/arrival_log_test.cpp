#include "rtp/stream/arrival_log.h"

#include <array>
#include <map>

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::kStart;
using test::ms;

struct Feedback {
  std::uint8_t count = 0;
  Ssrc sender = 0;
  Ssrc media = 0;
  std::map<std::uint16_t, bool> packets;
};

std::vector<Feedback> all_feedback(ArrivalLog& log, Timestamp now) {
  std::vector<Feedback> list;
  std::array<std::uint8_t, 1500> buffer{};
  for (;;) {
    ByteWriter out(buffer);
    if (!log.write_feedback(now, out, 99)) {
      return list;
    }
    const auto packet = rtcp::CompoundReader(out.written()).next().value();
    const auto parsed = rtcp::parse_transport_feedback(packet).value();
    Feedback& feedback = list.emplace_back();
    feedback.count = parsed.feedback_count;
    feedback.sender = parsed.sender;
    feedback.media = parsed.media;
    parsed.for_each([&](std::uint16_t sequence, std::optional<Duration> at) {
      feedback.packets[sequence] = at.has_value();
    });
  }
}

TEST(ArrivalLog, ReportsArrivedAndMissingPackets) {
  ArrivalLog log;
  EXPECT_EQ(log.next_timeout(), kNever);
  log.on_packet(kStart, 65535, 7);
  log.on_packet(kStart + ms(1), 1, 7);
  const auto list = all_feedback(log, kStart + ms(100));
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].sender, 99U);
  EXPECT_EQ(list[0].media, 7U);
  EXPECT_EQ(list[0].packets, (std::map<std::uint16_t, bool>{{65535, true}, {0, false}, {1, true}}));
}

TEST(ArrivalLog, ReportsEveryHundredMilliseconds) {
  ArrivalLog log;
  std::vector<Timestamp> reports;
  for (std::uint16_t i = 0; i < 100; ++i) {
    const Timestamp now = kStart + ms(5) * i;
    log.on_packet(now, i, 7);
    if (log.next_timeout() <= now) {
      EXPECT_EQ(all_feedback(log, now).size(), 1U);
      reports.push_back(now);
    }
  }
  ASSERT_EQ(reports.size(), 5U);
  EXPECT_EQ(reports[4] - reports[3], ms(100));
}

TEST(ArrivalLog, GoesOnWhereTheLastReportEnded) {
  ArrivalLog log;
  log.on_packet(kStart, 10, 7);
  all_feedback(log, kStart);
  log.on_packet(kStart + ms(10), 13, 7);
  EXPECT_EQ(log.next_timeout(), kStart + ms(100));
  const auto list = all_feedback(log, kStart + ms(100));
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].count, 1);
  EXPECT_EQ(list[0].packets, (std::map<std::uint16_t, bool>{{11, false}, {12, false}, {13, true}}));
}

TEST(ArrivalLog, IsSilentWithoutNews) {
  ArrivalLog log;
  log.on_packet(kStart, 10, 7);
  all_feedback(log, kStart);
  EXPECT_EQ(log.next_timeout(), kNever);
  EXPECT_TRUE(all_feedback(log, kStart + ms(100)).empty());
}

TEST(ArrivalLog, TakesBackTheLossOfALatePacket) {
  ArrivalLog log;
  log.on_packet(kStart, 10, 7);
  log.on_packet(kStart, 12, 7);
  EXPECT_FALSE(all_feedback(log, kStart)[0].packets.at(11));
  log.on_packet(kStart + ms(30), 11, 7);
  const auto list = all_feedback(log, kStart + ms(100));
  ASSERT_EQ(list.size(), 1U);
  EXPECT_TRUE(list[0].packets.at(11));
  EXPECT_TRUE(list[0].packets.at(12));
  EXPECT_FALSE(list[0].packets.contains(10));
}

TEST(ArrivalLog, SplitsWhatOnePacketCannotHold) {
  ArrivalLog log;
  for (std::uint16_t i = 0; i < 3000; ++i) {
    log.on_packet(kStart + Duration(100) * i, i, 7);
  }
  const auto list = all_feedback(log, kStart + ms(300));
  EXPECT_GT(list.size(), 1U);
  std::size_t reported = 0;
  for (const Feedback& feedback : list) {
    reported += feedback.packets.size();
  }
  EXPECT_EQ(reported, 3000U);
}

TEST(ArrivalLog, SurvivesAJumpOfTheNumbers) {
  ArrivalLog log;
  log.on_packet(kStart, 10, 7);
  log.on_packet(kStart, 30'000, 7);
  log.on_packet(kStart, 30'001, 7);
  const auto list = all_feedback(log, kStart);
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].packets, (std::map<std::uint16_t, bool>{{30'001, true}}));
}

TEST(ArrivalLog, CountsADuplicateOnce) {
  ArrivalLog log;
  log.on_packet(kStart, 10, 7);
  all_feedback(log, kStart);
  log.on_packet(kStart + ms(1), 10, 7);
  EXPECT_TRUE(all_feedback(log, kStart + ms(100)).empty());
}

}  // namespace
}  // namespace parlance::rtp
