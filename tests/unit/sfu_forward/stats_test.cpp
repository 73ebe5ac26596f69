#include "sfu/forward/stats.h"

#include <gtest/gtest.h>

#include "tests/support/sfu/fake_ports.h"

namespace parlance::sfu {
namespace {

TEST(Stats, HaveMediasoupsNames) {
  test::ForwardBench bench;
  Producer producer(
      test::video_producer(1, 1000), 1, bench.context(), bench.publisher, bench.levels);
  Consumer consumer(
      test::video_consumer(2, 1, 2000), producer, bench.subscriber, bench.counters, {});
  ASSERT_TRUE(bench.subscriber.attach(bench.now, consumer, bench.outbox));
  bench.feed(producer, test::ForwardBench::video(10, true));
  Stats stats;
  append_stats(bench.now, 1234, producer, stats);
  append_stats(bench.now, 1234, consumer, stats);
  ASSERT_EQ(stats.size(), 2U);
  EXPECT_EQ(std::get<std::string>(stats[0].at("type")), "inbound-rtp");
  EXPECT_EQ(std::get<std::string>(stats[1].at("type")), "outbound-rtp");
  for (const StatsEntry& entry : stats) {
    for (const char* name : {"packetsLost",
                             "fractionLost",
                             "jitter",
                             "packetsRetransmitted",
                             "nackCount",
                             "nackPacketCount",
                             "pliCount",
                             "firCount",
                             "score",
                             "packetCount",
                             "byteCount",
                             "bitrate",
                             "ssrc",
                             "rtxSsrc",
                             "kind",
                             "mimeType",
                             "timestamp"}) {
      EXPECT_TRUE(entry.contains(name)) << name;
    }
    EXPECT_EQ(std::get<std::string>(entry.at("kind")), "video");
    EXPECT_EQ(std::get<std::string>(entry.at("mimeType")), "video/VP8");
    EXPECT_EQ(std::get<std::int64_t>(entry.at("packetCount")), 1);
    EXPECT_GT(std::get<std::int64_t>(entry.at("bitrate")), 0);
    EXPECT_EQ(std::get<std::int64_t>(entry.at("timestamp")), 1234);
  }
  for (const char* name : {"packetsDiscarded", "packetsRepaired", "rtxPacketsDiscarded"}) {
    EXPECT_TRUE(stats[0].contains(name)) << name;
  }
  EXPECT_FALSE(stats[0].contains("roundTripTime"));
}

}  // namespace
}  // namespace parlance::sfu
