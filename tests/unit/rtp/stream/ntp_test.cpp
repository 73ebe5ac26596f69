#include "rtp/stream/ntp.h"

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::ms;

TEST(NtpTime, BeginsIn1900) {
  EXPECT_EQ(NtpTime::from_unix_micros(0).value, 2'208'988'800ULL << 32U);
  EXPECT_EQ(NtpTime::from_unix_micros(500'000).value & 0xFFFFFFFFU, 0x80000000U);
}

TEST(NtpTime, TakesItsMiddleForReports) {
  EXPECT_EQ((NtpTime{0x1111222233334444ULL}.compact()), 0x22223333U);
}

TEST(NtpTime, AddsAndSubtractsToTheMicrosecond) {
  const NtpTime start = NtpTime::from_unix_micros(1'700'000'000'123'456);
  for (const std::int64_t micros :
       {0LL, 1LL, 999'999LL, 1'000'000LL, 123'456'789LL, -1LL, -2'500'000LL}) {
    EXPECT_EQ(start.plus(Duration(micros)).since(start), Duration(micros)) << micros;
  }
}

TEST(AbsSendTime, CountsSixSecondBitsAndEighteenOfFraction) {
  EXPECT_EQ(abs_send_time_of(Timestamp(std::chrono::seconds(1))), 1U << 18U);
  EXPECT_EQ(abs_send_time_of(Timestamp(std::chrono::seconds(64))), 0U);
  EXPECT_EQ(abs_send_time_of(Timestamp(ms(63'500))), (63U << 18U) + (1U << 17U));
}

TEST(RoundTrip, ReproducesTheRfcsExample) {
  // RFC 3550 section 6.4.1, figure 2.
  const NtpTime now{0x00000000B7108000ULL << 16U};
  const auto rtt = round_trip(now, 0xB7052000, 0x00054000);
  ASSERT_TRUE(rtt);
  EXPECT_EQ(*rtt, ms(6125));
}

TEST(RoundTrip, IsUnknownWithoutAReportAndNeverNegative) {
  const NtpTime now{0x00000000B7108000ULL << 16U};
  EXPECT_FALSE(round_trip(now, 0, 5));
  EXPECT_EQ(round_trip(now, 0xB7108000, 10), Duration(0));
}

TEST(Compact, ConvertsAndSaturates) {
  EXPECT_EQ(to_compact(ms(1500)), 0x18000U);
  EXPECT_EQ(from_compact(0x18000), ms(1500));
  EXPECT_EQ(to_compact(ms(-5)), 0U);
  EXPECT_EQ(to_compact(std::chrono::hours(24)), 0xFFFFFFFFU);
}

TEST(SenderClock, RunsFromTheFirstPacketUntilAReport) {
  SenderClock clock(90'000);
  const NtpTime now = NtpTime::from_unix_micros(1'700'000'000'000'000);
  EXPECT_FALSE(clock.rtp_at(now));
  clock.on_packet(now, 5000);
  EXPECT_EQ(clock.rtp_at(now.plus(ms(100))), 5000U + 9000U);
  EXPECT_FALSE(clock.has_report());
}

TEST(SenderClock, FollowsThePublishersReports) {
  SenderClock clock(90'000);
  const NtpTime ours = NtpTime::from_unix_micros(1'700'000'000'000'000);
  const NtpTime theirs = ours.plus(-ms(5000));  // their clock is 5 s behind, path included
  clock.on_sender_report(ours, theirs, 1000);
  EXPECT_EQ(clock.offset(), ms(5000));
  EXPECT_EQ(clock.rtp_at(ours.plus(ms(1000))), 1000U + 90'000U);
}

TEST(SenderClock, TakesTheFastestOfTheLastReports) {
  SenderClock clock(48'000);
  NtpTime ours = NtpTime::from_unix_micros(1'700'000'000'000'000);
  NtpTime theirs = ours;
  for (const int delay : {80, 20, 90, 60}) {
    clock.on_sender_report(ours.plus(ms(delay)), theirs, 0);
    ours = ours.plus(ms(1000));
    theirs = theirs.plus(ms(1000));
  }
  EXPECT_EQ(clock.offset(), ms(20));
  for (int i = 0; i < 7; ++i) {
    clock.on_sender_report(ours.plus(ms(50)), theirs, 0);
    ours = ours.plus(ms(1000));
    theirs = theirs.plus(ms(1000));
  }
  EXPECT_EQ(clock.offset(), ms(50));
}

TEST(SenderClock, BelievesAClockThatWasSet) {
  SenderClock clock(48'000);
  const NtpTime ours = NtpTime::from_unix_micros(1'700'000'000'000'000);
  clock.on_sender_report(ours, ours, 0);
  clock.on_sender_report(ours, ours.plus(-ms(3'600'000)), 0);
  EXPECT_EQ(clock.offset(), ms(3'600'000));
}

TEST(SenderClock, WrapsWithTheTimestamp) {
  SenderClock clock(90'000);
  const NtpTime now = NtpTime::from_unix_micros(1'700'000'000'000'000);
  clock.on_sender_report(now, now, 0xFFFFFFFF);
  EXPECT_EQ(clock.rtp_at(now.plus(ms(1000))), 89'999U);
}

}  // namespace
}  // namespace parlance::rtp
