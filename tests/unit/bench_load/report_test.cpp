#include "bench/load/report.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace parlance::load {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// 10 s in which 2 s of CPU time forwarded a million packets, all of them.
Measured sound() {
  Measured measured;
  measured.seconds = 10;
  measured.traffic.packets = 1'000'000;
  measured.traffic.expected = 1'000'000;
  measured.traffic.sent = 1'000'100;
  measured.decrypted = 1000;
  measured.consumers = 100;
  measured.before.on_cpu_s = 5;
  measured.after.on_cpu_s = 7;
  measured.after.user_s = 0.5;
  measured.after.system_s = 1.5;
  measured.after.resident_bytes = 30'000'000;
  measured.resident_without_subscribers = 26'000'000;
  measured.late.add(kMillisecond);
  return measured;
}

TEST(Report, DividesTheServersTimeByThePacketsForwarded) {
  const auto report = report_of({}, sound());
  EXPECT_DOUBLE_EQ(report.at("server").at("cpu_us_per_packet"), 2.0);
  EXPECT_DOUBLE_EQ(report.at("server").at("cores"), 0.2);
  EXPECT_DOUBLE_EQ(report.at("server").at("user_share"), 0.25);
  EXPECT_DOUBLE_EQ(report.at("server").at("bytes_per_consumer"), 40'000.0);
  EXPECT_DOUBLE_EQ(report.at("forwarded").at("packets_per_s"), 100'000.0);
  EXPECT_THAT(report.at("faults"), IsEmpty());
}

TEST(Report, IsVoidWithoutMedia) {
  Measured measured = sound();
  measured.traffic.packets = 0;
  measured.traffic.expected = 0;
  EXPECT_THAT(faults_of({}, measured).front(), HasSubstr("no media"));
  // Nothing is divided by zero on the way.
  EXPECT_DOUBLE_EQ(report_of({}, measured).at("server").at("cpu_us_per_packet"), 0);
}

TEST(Report, IsVoidWhenPacketsWereNotForwardedThoughNoGapShows) {
  Measured measured = sound();
  measured.traffic.sent = 1'200'000;
  EXPECT_THAT(faults_of({}, measured), ElementsAre(HasSubstr("did not arrive")));
}

TEST(Report, IsVoidWhenSequenceNumbersAreMissing) {
  Measured measured = sound();
  measured.traffic.expected = 1'005'000;
  EXPECT_THAT(faults_of({}, measured), ElementsAre(HasSubstr("lost by sequence numbers")));
}

TEST(Report, IsVoidWhenTheGeneratorWasTheBottleneck) {
  Measured dropping = sound();
  dropping.traffic.receive_drops = 1;
  EXPECT_THAT(faults_of({}, dropping), ElementsAre(HasSubstr("bottleneck")));
  Measured late = sound();
  late.late.add(kSecond);
  EXPECT_THAT(faults_of({}, late), ElementsAre(HasSubstr("ms late")));
}

TEST(Report, IsVoidWhenBadSubscribersWereNotBadEnough) {
  Scenario deaf;
  deaf.deaf = 1;
  EXPECT_THAT(faults_of(deaf, sound()), ElementsAre(HasSubstr("nobody was deaf")));
  Scenario nackers;
  nackers.nackers = 2;
  nackers.nacks_per_second = 10'000;
  Measured measured = sound();
  measured.bad.nacks = 170'000;
  EXPECT_THAT(faults_of(nackers, measured), ElementsAre(HasSubstr("170000 NACKs sent")));
  measured.bad.nacks = 190'000;
  EXPECT_THAT(faults_of(nackers, measured), IsEmpty());
}

TEST(Report, IsVoidWhenPacketsHoldSomethingElse) {
  Measured measured = sound();
  measured.unrecognised = 1;
  measured.silent_consumers = 2;
  EXPECT_THAT(faults_of({}, measured),
              ElementsAre(HasSubstr("2 of 100 consumers"), HasSubstr("nothing that was sent")));
}

}  // namespace
}  // namespace parlance::load
