#include "sfu/worker/socket_address.h"

#include <gtest/gtest.h>

namespace parlance::sfu {
namespace {

TEST(KernelAddress, GoesThereAndBack) {
  for (const auto& address :
       {*SocketAddress::parse("192.0.2.1", 4711), *SocketAddress::parse("2001:db8::7", 65535)}) {
    KernelAddress kernel{};
    to_kernel(address, kernel);
    EXPECT_EQ(from_kernel(kernel), address);
  }
}

TEST(KernelAddress, HasTheSizeOfItsFamily) {
  KernelAddress kernel{};
  EXPECT_EQ(to_kernel(SocketAddress::v4({127, 0, 0, 1}, 80), kernel), sizeof(sockaddr_in));
  EXPECT_EQ(kernel.v4.sin_family, AF_INET);
  EXPECT_EQ(ntohs(kernel.v4.sin_port), 80);
  EXPECT_EQ(to_kernel(SocketAddress::v6({}, 80), kernel), sizeof(sockaddr_in6));
  EXPECT_EQ(kernel.v6.sin6_family, AF_INET6);
}

}  // namespace
}  // namespace parlance::sfu
