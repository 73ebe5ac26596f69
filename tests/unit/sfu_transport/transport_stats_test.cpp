#include <gtest/gtest.h>

#include "sfu/transport/transport.h"
#include "tests/support/sfu/transport_bench.h"

namespace parlance::sfu {
namespace {

TEST(TransportStats, TellHowFarTheTransportIs) {
  test::TransportBench bench;
  bench.clock.set(bench.now, 1'800'000'000'000'000);
  const auto transport = bench.make(1);
  Stats stats = transport->stats(bench.now);
  ASSERT_EQ(stats.size(), 1U);
  EXPECT_EQ(std::get<std::string>(stats[0].at("type")), "webrtc-transport");
  EXPECT_EQ(std::get<std::string>(stats[0].at("iceState")), "new");
  EXPECT_EQ(std::get<std::string>(stats[0].at("dtlsState")), "new");
  EXPECT_EQ(std::get<std::int64_t>(stats[0].at("timestamp")), 1'800'000'000'000);
  bench.connect(*transport);
  stats = transport->stats(bench.now);
  EXPECT_EQ(std::get<std::string>(stats[0].at("iceState")), "completed");
  EXPECT_EQ(std::get<std::string>(stats[0].at("dtlsState")), "connected");
  EXPECT_EQ(std::get<std::string>(stats[0].at("iceSelectedTuple.remoteIp")), "10.0.0.9");
  EXPECT_EQ(std::get<std::string>(stats[0].at("srtpProfile")), "AEAD_AES_128_GCM");
  EXPECT_GT(std::get<std::int64_t>(stats[0].at("bytesReceived")), 100);
  EXPECT_GT(std::get<std::int64_t>(stats[0].at("bytesSent")), 0);
}

}  // namespace
}  // namespace parlance::sfu
