#include "sfu/worker/candidates.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace parlance::sfu {
namespace {

ShardSockets bound_to(std::vector<std::string> addresses) {
  EngineOptions options;
  options.listen_addresses = std::move(addresses);
  options.shards = 1;
  auto bound = bind_shards(options);
  EXPECT_TRUE(bound);
  return std::move((*bound)[0]);
}

const std::vector<SocketAddress> kInterfaces = {*SocketAddress::parse("192.0.2.5", 0),
                                                *SocketAddress::parse("2001:db8::5", 0)};

TEST(Candidates, AreTheAnnouncedAddressesWithTheirPorts) {
  EngineOptions options;
  options.announced = {{.address = "media.example.org", .port = 5000},
                       {.address = "203.0.113.9", .port = std::nullopt}};
  const ShardSockets sockets = bound_to({"127.0.0.1"});
  const auto candidates = make_candidates(options, 2, sockets, kInterfaces);
  ASSERT_EQ(candidates.size(), 2U);
  EXPECT_EQ(candidates[0].address, "media.example.org");
  EXPECT_EQ(candidates[0].port, 5002);
  EXPECT_EQ(candidates[1].address, "203.0.113.9");
  EXPECT_EQ(candidates[1].port, sockets.port);
  EXPECT_GT(candidates[0].priority, candidates[1].priority);
  EXPECT_NE(candidates[0].foundation, candidates[1].foundation);
}

TEST(Candidates, AreTheInterfacesBehindAWildcard) {
  const auto candidates = make_candidates({}, 0, bound_to({"0.0.0.0", "::"}), kInterfaces);
  ASSERT_EQ(candidates.size(), 2U);
  EXPECT_EQ(candidates[0].address, "192.0.2.5");
  EXPECT_EQ(candidates[1].address, "2001:db8::5");
}

TEST(Candidates, LeaveOutAFamilyThatIsNotListenedOn) {
  const auto candidates = make_candidates({}, 0, bound_to({"0.0.0.0"}), kInterfaces);
  ASSERT_EQ(candidates.size(), 1U);
  EXPECT_EQ(candidates[0].address, "192.0.2.5");
}

TEST(Candidates, AreTheBoundAddressesOtherwise) {
  const auto candidates = make_candidates({}, 0, bound_to({"127.0.0.1"}), kInterfaces);
  ASSERT_EQ(candidates.size(), 1U);
  EXPECT_EQ(candidates[0].address, "127.0.0.1");
  EXPECT_EQ(candidates[0].protocol, "udp");
}

TEST(Candidates, HaveHostPriorities) {
  // RFC 8445 5.1.2.1: type 126, best local preference, component 1.
  const auto candidates = make_candidates({}, 0, bound_to({"127.0.0.1"}), {});
  EXPECT_EQ(candidates[0].priority, (126U << 24U) + (65535U << 8U) + 255U);
}

TEST(InterfaceAddresses, AreThereAndHaveNoLinkLocalOnes) {
  const auto addresses = interface_addresses();
  EXPECT_FALSE(addresses.empty());
  EXPECT_TRUE(std::ranges::none_of(addresses, [](const SocketAddress& address) {
    return address.ip_str().starts_with("fe80");
  }));
  EXPECT_TRUE(std::ranges::is_sorted(addresses, {}, &SocketAddress::is_v6));
}

}  // namespace
}  // namespace parlance::sfu
