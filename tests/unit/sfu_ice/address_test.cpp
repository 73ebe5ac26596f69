#include "sfu/ice/address.h"

#include <gtest/gtest.h>

namespace parlance::sfu {
namespace {

TEST(SocketAddress, ReadsAndWritesBothFamilies) {
  const auto v4 = SocketAddress::parse("192.0.2.1", 5000);
  ASSERT_TRUE(v4);
  EXPECT_FALSE(v4->is_v6());
  EXPECT_EQ(v4->str(), "192.0.2.1:5000");
  const auto v6 = SocketAddress::parse("2001:db8::1", 5000);
  ASSERT_TRUE(v6);
  EXPECT_TRUE(v6->is_v6());
  EXPECT_EQ(v6->str(), "[2001:db8::1]:5000");
}

TEST(SocketAddress, RefusesWhatIsNoLiteral) {
  for (const char* text : {"", "localhost", "192.0.2", "192.0.2.1:80", "[::1]", "fe80::1%eth0"}) {
    EXPECT_FALSE(SocketAddress::parse(text, 1)) << text;
  }
  EXPECT_FALSE(SocketAddress::parse(std::string_view("192.0.2.1\0.example", 18), 1));
}

TEST(Path, DiffersBySocketAddressAndPort) {
  const SocketAddress address = SocketAddress::v4({192, 0, 2, 1}, 1);
  const Path path{.socket = 1, .remote = address};
  EXPECT_EQ(path, (Path{1, address}));
  EXPECT_NE(path, (Path{2, address}));
  EXPECT_NE(path, (Path{1, SocketAddress::v4({192, 0, 2, 1}, 2)}));
  EXPECT_NE(path, (Path{1, SocketAddress::v4({192, 0, 2, 2}, 1)}));
  EXPECT_EQ(std::hash<Path>{}(path), std::hash<Path>{}(Path{1, address}));
}

}  // namespace
}  // namespace parlance::sfu
