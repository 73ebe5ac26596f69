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
  EXPECT_EQ(std::get<std::string>(stats[0].at("srtpProfile")), "AEAD_AES_128_GCM");
  EXPECT_GT(std::get<std::int64_t>(stats[0].at("bytesReceived")), 100);
  EXPECT_GT(std::get<std::int64_t>(stats[0].at("bytesSent")), 0);
}

TEST(TransportStats, HaveMediasoupsNames) {
  test::TransportBench bench;
  const std::vector<IceCandidate> candidates = {{"host0", 2, "2001:db8::7", "udp", 4001},
                                                {"host1", 1, "203.0.113.7", "udp", 4002}};
  TransportContext context = bench.context();
  context.candidates = candidates;
  Transport transport(test::id_of<RouterId>(1), test::id_of<TransportId>(1), context);
  const auto has = [](const StatsEntry& entry, std::initializer_list<const char*> names) {
    for (const char* name : names) {
      EXPECT_TRUE(entry.contains(name)) << name;
    }
  };
  const auto tuple_names = {"iceSelectedTuple.localAddress",
                            "iceSelectedTuple.localPort",
                            "iceSelectedTuple.remoteIp",
                            "iceSelectedTuple.remotePort",
                            "iceSelectedTuple.protocol"};
  const StatsEntry before = transport.stats(bench.now).at(0);
  has(before,
      {"type",
       "transportId",
       "timestamp",
       "bytesReceived",
       "recvBitrate",
       "bytesSent",
       "sendBitrate",
       "rtpBytesReceived",
       "rtpRecvBitrate",
       "rtpBytesSent",
       "rtpSendBitrate",
       "rtxBytesReceived",
       "rtxRecvBitrate",
       "rtxBytesSent",
       "rtxSendBitrate",
       "iceRole",
       "iceState",
       "dtlsState"});
  for (const char* name : tuple_names) {
    EXPECT_FALSE(before.contains(name)) << name;
  }
  bench.connect(transport);
  const StatsEntry entry = transport.stats(bench.now).at(0);
  has(entry, tuple_names);
  EXPECT_EQ(std::get<std::string>(entry.at("iceSelectedTuple.localAddress")), "203.0.113.7");
  EXPECT_EQ(std::get<std::int64_t>(entry.at("iceSelectedTuple.localPort")), 4002);
  EXPECT_EQ(std::get<std::string>(entry.at("iceSelectedTuple.remoteIp")), "10.0.0.9");
  EXPECT_EQ(std::get<std::int64_t>(entry.at("iceSelectedTuple.remotePort")), 5000);
  EXPECT_EQ(std::get<std::string>(entry.at("iceSelectedTuple.protocol")), "udp");
}

}  // namespace
}  // namespace parlance::sfu
