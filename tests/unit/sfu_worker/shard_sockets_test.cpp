#include "sfu/worker/shard_sockets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parlance::sfu {
namespace {

using testing::HasSubstr;

EngineOptions options(std::vector<std::string> listen, unsigned shards = 1) {
  EngineOptions options;
  options.listen_addresses = std::move(listen);
  options.shards = shards;
  return options;
}

std::string error_of(const EngineOptions& wrong) {
  const auto bound = bind_shards(wrong);
  return bound ? "" : bound.error();
}

TEST(ShardSockets, HaveOnePortPerShardOnEveryAddress) {
  const auto bound = bind_shards(options({"127.0.0.1", "::1"}, 3));
  ASSERT_TRUE(bound) << bound.error();
  ASSERT_EQ(bound->size(), 3U);
  for (const ShardSockets& shard : *bound) {
    ASSERT_EQ(shard.sockets.size(), 2U);
    EXPECT_NE(shard.port, 0);
    EXPECT_EQ(shard.sockets[0].local(), *SocketAddress::parse("127.0.0.1", shard.port));
    EXPECT_EQ(shard.sockets[1].local(), *SocketAddress::parse("::1", shard.port));
  }
  EXPECT_NE((*bound)[0].port, (*bound)[1].port);
}

TEST(ShardSockets, ListenEverywhereByDefault) {
  const auto bound = bind_shards(options({}));
  ASSERT_TRUE(bound) << bound.error();
  ASSERT_GE((*bound)[0].sockets.size(), 1U);
  EXPECT_EQ((*bound)[0].sockets[0].local().ip_str(), "0.0.0.0");
}

TEST(ShardSockets, NameThePortInUseAndWhatToChange) {
  const auto first = bind_shards(options({"127.0.0.1"}));
  ASSERT_TRUE(first);
  EngineOptions same = options({"127.0.0.1"});
  same.first_port = (*first)[0].port;
  const std::string error = error_of(same);
  EXPECT_THAT(error, HasSubstr(std::to_string(same.first_port)));
  EXPECT_THAT(error, HasSubstr("127.0.0.1"));
  EXPECT_THAT(error, HasSubstr("in use"));
  EXPECT_THAT(error, HasSubstr("media.port"));
}

TEST(ShardSockets, AreAllGivenBackWhenOneFails) {
  const auto taken = bind_shards(options({"127.0.0.1"}));
  ASSERT_TRUE(taken);
  EngineOptions overlapping = options({"127.0.0.1"}, 2);
  overlapping.first_port = static_cast<std::uint16_t>((*taken)[0].port - 1);
  EXPECT_FALSE(bind_shards(overlapping));
  overlapping.shards = 1;
  EXPECT_TRUE(bind_shards(overlapping));
}

TEST(ShardSockets, RefuseWhatIsNoAddress) {
  const std::string error = error_of(options({"localhost"}));
  EXPECT_THAT(error, HasSubstr("localhost"));
  EXPECT_THAT(error, HasSubstr("media.listen"));
}

TEST(ShardSockets, RefuseAnAddressOfAnotherMachine) {
  const std::string error = error_of(options({"203.0.113.1"}));
  EXPECT_THAT(error, HasSubstr("203.0.113.1"));
  EXPECT_THAT(error, HasSubstr("media.listen"));
}

TEST(ShardSockets, RefusePortsBeyondTheLast) {
  EngineOptions beyond = options({"127.0.0.1"}, 10);
  beyond.first_port = 65'530;
  EXPECT_THAT(error_of(beyond), HasSubstr("media.shards"));
}

TEST(ShardSockets, SayInOneLineWhatTheKernelLacks) {
  EXPECT_EQ(describe_lack({}), "");
  EXPECT_EQ(describe_lack({.trains = false}),
            "this kernel lacks UDP_SEGMENT (datagrams are sent one by one)");
  const std::string all = describe_lack({.trains = false, .groups = false, .feedback = false});
  EXPECT_THAT(all, HasSubstr("UDP_SEGMENT"));
  EXPECT_THAT(all, HasSubstr(", UDP_GRO"));
  EXPECT_THAT(all, HasSubstr(", SO_ATTACH_REUSEPORT_CBPF"));
}

}  // namespace
}  // namespace parlance::sfu
