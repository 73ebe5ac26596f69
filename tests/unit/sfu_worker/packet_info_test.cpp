#include "sfu/worker/packet_info.h"

#include <gtest/gtest.h>

namespace parlance::sfu {
namespace {

TEST(PacketInfo, SaysTheAddressInBothFamilies) {
  for (const char* const ip : {"127.0.0.3", "2001:db8::7"}) {
    PacketInfo info = to_packet_info(*SocketAddress::parse(ip, 4711));
    msghdr message{};
    message.msg_control = info.bytes.data();
    message.msg_controllen = info.size;
    // The kernel fills in both addresses of in_pktinfo; only ipi_spec_dst is ever the machine's
    // own.
    EXPECT_EQ(destination_of(message), SocketAddress::parse(ip, 0));
  }
}

TEST(PacketInfo, IsNotThereWhereNobodyAsked) {
  const msghdr message{};
  EXPECT_EQ(destination_of(message), std::nullopt);
}

TEST(PacketInfo, OfAnotherKindIsNoAddress) {
  PacketInfo info = to_packet_info(*SocketAddress::parse("127.0.0.3", 1));
  msghdr message{};
  message.msg_control = info.bytes.data();
  message.msg_controllen = info.size;
  CMSG_FIRSTHDR(&message)->cmsg_type = IP_TTL;
  EXPECT_EQ(destination_of(message), std::nullopt);
}

}  // namespace
}  // namespace parlance::sfu
