// Datagrams through real sockets: what ReceiveBatch and SendBatch make of system calls.
#include <array>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <netinet/udp.h>

#include "sfu/packet/outbox.h"
#include "sfu/packet/packet_pool.h"
#include "sfu/worker/receive_batch.h"
#include "sfu/worker/send_batch.h"
#include "sfu/worker/udp_socket.h"

namespace parlance::sfu {
namespace {

class SocketBatchTest : public testing::Test {
 protected:
  static UdpSocket bind(const char* ip) {
    auto socket = UdpSocket::bind(*SocketAddress::parse(ip, 0));
    EXPECT_TRUE(socket);
    return std::move(*socket);
  }

  static std::vector<std::uint8_t> numbered(std::size_t i, std::size_t size = 50) {
    std::vector<std::uint8_t> bytes(size, static_cast<std::uint8_t>(i));
    return bytes;
  }

  void put(const Path& to, std::size_t i) {
    Destination destination(to);
    EXPECT_TRUE(outbox.send_copy(destination, numbered(i)));
  }

  // To one destination: one train.
  void put_train(std::span<const std::size_t> sizes) {
    Destination destination(Path{0, v4.local()});
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      EXPECT_TRUE(outbox.send_copy(destination, numbered(i, sizes[i])));
    }
  }

  // As where the kernel doesn't know the option.
  static void take_no_groups(const UdpSocket& socket) {
    const int off = 0;
    ASSERT_EQ(setsockopt(socket.fd(), IPPROTO_UDP, UDP_GRO, &off, sizeof off), 0);
  }

  // To IPv4 from the first sender, to IPv6 from the second.
  void send_raw(const UdpSocket& receiver, const std::vector<std::uint8_t>& bytes) {
    const UdpSocket& from = senders[receiver.local().is_v6() ? 1 : 0];
    KernelAddress to{};
    const socklen_t size = to_kernel(receiver.local(), to);
    EXPECT_EQ(sendto(from.fd(), bytes.data(), bytes.size(), 0, &to.any, size),
              static_cast<ssize_t>(bytes.size()));
  }

  // Sizes of the datagrams that come, which are checked to be in order.
  std::vector<std::size_t> received_sizes() {
    std::vector<std::size_t> sizes;
    for (bool more = true; more;) {
      const auto batch = receive.receive(ends, 0, pool);
      for (ReceivedDatagram& datagram : batch.datagrams) {
        EXPECT_EQ(datagram.packet->bytes()[0], static_cast<std::uint8_t>(sizes.size()));
        sizes.push_back(datagram.packet->bytes().size());
        datagram.packet.reset();
      }
      more = batch.more;
    }
    return sizes;
  }

  std::vector<UdpSocket> senders = [] {
    std::vector<UdpSocket> sockets;
    sockets.push_back(bind("127.0.0.1"));
    sockets.push_back(bind("::1"));
    return sockets;
  }();
  LocalEnds sender_ends{senders};
  std::vector<UdpSocket> receivers = [] {
    std::vector<UdpSocket> sockets;
    sockets.push_back(bind("127.0.0.1"));
    sockets.push_back(bind("::1"));
    return sockets;
  }();
  LocalEnds ends{receivers};
  const UdpSocket& v4 = receivers[0];
  const UdpSocket& v6 = receivers[1];
  PacketPool pool{1024};
  Outbox outbox;
  SendBatch send;
  ReceiveBatch receive;
};

TEST_F(SocketBatchTest, EveryDatagramArrivesInOrderWithItsPath) {
  take_no_groups(v4);
  constexpr std::size_t kCount = 2 * ReceiveBatch::kSize + 5;
  for (std::size_t i = 0; i < kCount; ++i) {
    put({0, v4.local()}, i);
  }
  const auto sent = send.flush(outbox, sender_ends);
  EXPECT_EQ(sent.errors + sent.buffer_full, 0U);
  EXPECT_TRUE(outbox.empty());
  std::size_t next = 0;
  for (int round = 0; round < 3; ++round) {
    const auto batch = receive.receive(ends, 0, pool);
    EXPECT_EQ(batch.more, round < 2);
    for (ReceivedDatagram& datagram : batch.datagrams) {
      EXPECT_EQ(datagram.packet->bytes()[0], static_cast<std::uint8_t>(next++));
      EXPECT_EQ(datagram.packet->bytes().size(), 50U);
      EXPECT_EQ(datagram.from, (Path{0, senders[0].local()}));
      datagram.packet.reset();
    }
  }
  EXPECT_EQ(next, kCount);
}

TEST_F(SocketBatchTest, DatagramsOfAnySizeArriveAsTheyWere) {
  std::vector<std::size_t> sizes{1100, 1100, 1099, 1099, 1100, 20, 1200, 1, 1, 1};
  sizes.insert(sizes.end(), kMaxSegments + 3, 1400);
  put_train(sizes);
  const auto sent = send.flush(outbox, sender_ends);
  EXPECT_EQ(sent.errors + sent.buffer_full + sent.trains_refused, 0U);
  EXPECT_EQ(received_sizes(), sizes);
}

TEST_F(SocketBatchTest, MoreThanOneCallTakesArrivesToo) {
  std::vector<std::size_t> sizes(SendBatch::kDatagrams + SendBatch::kMessages, 60);
  for (std::size_t i = 0; i < sizes.size(); i += 2) {
    sizes[i] = 61;
  }
  put_train(sizes);
  EXPECT_EQ(send.flush(outbox, sender_ends).errors, 0U);
  EXPECT_EQ(received_sizes(), sizes);
}

TEST_F(SocketBatchTest, AGroupIsTakenApartWhereverItsDatagramsLie) {
  ASSERT_TRUE(v4.takes_groups());
  // The second datagram begins in the first one's slot, the third behind it, and the last is short.
  for (const std::size_t size : {std::size_t{1000}, kMaxDatagramBytes, std::size_t{7}}) {
    std::vector<std::size_t> sizes(30, size);
    sizes.push_back(5);
    put_train(sizes);
    send.flush(outbox, sender_ends);
    const auto batch = receive.receive(ends, 0, pool);
    ASSERT_EQ(batch.datagrams.size(), sizes.size()) << size;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const auto bytes = batch.datagrams[i].packet->bytes();
      EXPECT_EQ(std::vector(bytes.begin(), bytes.end()), numbered(i, sizes[i])) << size;
      EXPECT_EQ(batch.datagrams[i].from, (Path{0, senders[0].local()}));
    }
  }
}

TEST_F(SocketBatchTest, WhereGroupsAreRefusedDatagramsComeOneByOne) {
  take_no_groups(v4);
  const std::vector<std::size_t> sizes{1000, 1000, 1000, 40};
  put_train(sizes);
  send.flush(outbox, sender_ends);
  EXPECT_EQ(received_sizes(), sizes);
}

TEST_F(SocketBatchTest, AGroupThatThePoolHasNoRoomForIsDroppedAndCounted) {
  std::vector<PacketRef> held;
  while (pool.in_use() + ReceiveBatch::kSize + 2 < pool.capacity()) {
    held.push_back(pool.acquire());
  }
  put_train(std::vector<std::size_t>(6, 900));
  send.flush(outbox, sender_ends);
  const auto batch = receive.receive(ends, 0, pool);
  EXPECT_EQ(batch.datagrams.size(), 3U);
  EXPECT_EQ(batch.no_slot, 3U);
}

TEST_F(SocketBatchTest, AGroupOfOverlongDatagramsIsCountedByItsDatagrams) {
  std::array<std::uint8_t, 3 * (kMaxDatagramBytes + 4)> bytes{};
  const int size = kMaxDatagramBytes + 4;
  ASSERT_EQ(setsockopt(senders[0].fd(), IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size), 0);
  send_raw(v4, {bytes.begin(), bytes.end()});
  const auto batch = receive.receive(ends, 0, pool);
  EXPECT_EQ(batch.too_long, 3U);
  EXPECT_TRUE(batch.datagrams.empty());
}

TEST_F(SocketBatchTest, OneSizeIsOneTrain) {
  put_train(std::vector<std::size_t>{700, 700, 700, 30, 30});
  send.flush(outbox, sender_ends);
  std::array<std::uint8_t, 8192> bytes{};
  // The receiver asked for whole trains: this is how they left.
  EXPECT_EQ(recv(v4.fd(), bytes.data(), bytes.size(), 0), 3 * 700 + 30);
  EXPECT_EQ(recv(v4.fd(), bytes.data(), bytes.size(), 0), 30);
}

TEST_F(SocketBatchTest, WhereTrainsAreRefusedDatagramsGoOneByOne) {
  const int on = 1;  // the kernel cuts no train without checksums
  ASSERT_EQ(setsockopt(senders[0].fd(), SOL_SOCKET, SO_NO_CHECK, &on, sizeof on), 0);
  const std::vector<std::size_t> sizes{700, 700, 700, 30, 800, 800};
  put_train(sizes);
  const auto sent = send.flush(outbox, sender_ends);
  EXPECT_EQ(sent.trains_refused, 2U);
  EXPECT_EQ(sent.errors, 0U);
  EXPECT_EQ(received_sizes(), sizes);
}

TEST_F(SocketBatchTest, MixedDestinationsLeaveByTheirSockets) {
  for (std::size_t i = 0; i < 300; ++i) {
    put({0, v4.local()}, i);
    put({1, v6.local()}, i);
  }
  send.flush(outbox, sender_ends);
  for (const SocketId socket : {SocketId{0}, SocketId{1}}) {
    std::size_t received = 0;
    for (;;) {
      const auto batch = receive.receive(ends, socket, pool);
      for (const ReceivedDatagram& datagram : batch.datagrams) {
        EXPECT_EQ(datagram.from, (Path{socket, senders[socket].local()}));
        ++received;
      }
      if (!batch.more) {
        break;
      }
    }
    EXPECT_EQ(received, 300U);
  }
}

TEST_F(SocketBatchTest, ADatagramThatCannotBeSentCostsNoOther) {
  // Port 0 can't be sent to.
  put({0, v4.local()}, 1);
  put({0, SocketAddress::v4({127, 0, 0, 1}, 0)}, 2);
  put({0, v4.local()}, 3);
  EXPECT_EQ(send.flush(outbox, sender_ends).errors, 1U);
  EXPECT_EQ(receive.receive(ends, 0, pool).datagrams.size(), 2U);
}

TEST_F(SocketBatchTest, WhoReadsNothingOrIsGoneCostsNoOther) {
  const UdpSocket deaf = bind("127.0.0.1");
  const int least = 1;
  ASSERT_EQ(setsockopt(deaf.fd(), SOL_SOCKET, SO_RCVBUF, &least, sizeof least), 0);
  const SocketAddress gone = bind("127.0.0.1").local();
  const auto forbidden = SocketAddress::v4({255, 255, 255, 255}, 9);
  const auto impossible = SocketAddress::v4({127, 0, 0, 1}, 0);
  const std::vector<std::size_t> sizes(20, 1000);
  for (int round = 0; round < 20; ++round) {
    for (const SocketAddress& to : {deaf.local(), gone, forbidden, impossible}) {
      Destination destination(Path{0, to});
      for (const std::size_t size : sizes) {
        outbox.send_copy(destination, numbered(0, size));
      }
    }
    put_train(sizes);
    const auto sent = send.flush(outbox, sender_ends);
    EXPECT_EQ(sent.errors, 2 * sizes.size());
    EXPECT_EQ(sent.buffer_full, 0U);
    EXPECT_EQ(received_sizes(), sizes);
  }
}

TEST_F(SocketBatchTest, AnOverlongDatagramIsDroppedAndCounted) {
  KernelAddress to{};
  const socklen_t to_size = to_kernel(v4.local(), to);
  for (const std::size_t size : {std::size_t{100}, kMaxDatagramBytes + 1, std::size_t{200}}) {
    const auto bytes = numbered(1, size);
    ASSERT_GT(sendto(senders[0].fd(), bytes.data(), bytes.size(), 0, &to.any, to_size), 0);
  }
  const auto batch = receive.receive(ends, 0, pool);
  EXPECT_EQ(batch.too_long, 1U);
  ASSERT_EQ(batch.datagrams.size(), 2U);
  EXPECT_EQ(batch.datagrams[1].packet->bytes().size(), 200U);
}

TEST_F(SocketBatchTest, AnExhaustedPoolStillDrainsTheSocket) {
  std::vector<PacketRef> held;
  while (PacketRef slot = pool.acquire()) {
    held.push_back(std::move(slot));
  }
  for (std::size_t i = 0; i < 3; ++i) {
    put({0, v4.local()}, i);
  }
  send.flush(outbox, sender_ends);
  const auto batch = receive.receive(ends, 0, pool);
  EXPECT_EQ(batch.no_slot, 3U);
  EXPECT_TRUE(batch.datagrams.empty());
  held.clear();
  EXPECT_TRUE(receive.receive(ends, 0, pool).datagrams.empty());
}

TEST_F(SocketBatchTest, RtcpComesByTheFeedbackSocketAndAllElseByTheOther) {
  ASSERT_GE(v4.feedback_fd(), 0);
  const std::vector<std::vector<std::uint8_t>> media{{0x80, 96, 0, 0},
                                                     {0x90, 0x80 | 96, 0, 0},
                                                     {0x80, 191},
                                                     {0x80, 224},
                                                     {0x80},
                                                     {},
                                                     {0, 1, 200, 200},
                                                     {22, 200, 200, 200},
                                                     {127, 200},
                                                     {192, 200}};
  const std::vector<std::vector<std::uint8_t>> feedback{
      {0x80, 192, 0, 0}, {0x81, 201, 0, 7}, {0x8F, 205, 0, 5}, {0xBF, 223}};
  for (const auto& each : {media, feedback}) {
    for (const auto& datagram : each) {
      send_raw(v4, datagram);
    }
  }
  const auto first = receive.receive(ends, 0, pool);
  EXPECT_EQ(first.datagrams.size(), media.size());
  const auto second = receive.receive(ends, 0, v4.feedback_fd(), pool);
  ASSERT_EQ(second.datagrams.size(), feedback.size());
  for (std::size_t i = 0; i < feedback.size(); ++i) {
    const auto bytes = second.datagrams[i].packet->bytes();
    EXPECT_EQ(std::vector(bytes.begin(), bytes.end()), feedback[i]);
    EXPECT_EQ(second.datagrams[i].from, (Path{0, senders[0].local()}));
  }
}

TEST_F(SocketBatchTest, OnIpv6RtcpIsToldApartToo) {
  ASSERT_GE(v6.feedback_fd(), 0);
  send_raw(v6, {0x81, 201, 0, 7});
  send_raw(v6, {0x80, 96, 0, 7});
  EXPECT_EQ(receive.receive(ends, 1, pool).datagrams.size(), 1U);
  EXPECT_EQ(receive.receive(ends, 1, v6.feedback_fd(), pool).datagrams.size(), 1U);
}

TEST_F(SocketBatchTest, TheFeedbackSocketLeavesThePortTaken) {
  const auto second = UdpSocket::bind(v4.local());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), EADDRINUSE);
}

TEST_F(SocketBatchTest, AnEmptySocketGivesNothing) {
  const auto batch = receive.receive(ends, 0, pool);
  EXPECT_TRUE(batch.datagrams.empty());
  EXPECT_FALSE(batch.more);
}

}  // namespace
}  // namespace parlance::sfu
