// Answers leave from the address that was asked: wildcard sockets and real datagrams.
#include "sfu/worker/local_ends.h"

#include <array>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>

#include "sfu/packet/outbox.h"
#include "sfu/packet/packet_pool.h"
#include "sfu/worker/receive_batch.h"
#include "sfu/worker/send_batch.h"
#include "sfu/worker/socket_address.h"

namespace parlance::sfu {
namespace {

class LocalEndsTest : public testing::Test {
 protected:
  static std::vector<UdpSocket> bind(const std::vector<std::string>& ips) {
    std::vector<UdpSocket> bound;
    for (const std::string& ip : ips) {
      auto socket = UdpSocket::bind(*SocketAddress::parse(ip, 0));
      EXPECT_TRUE(socket);
      bound.push_back(std::move(*socket));
    }
    return bound;
  }

  static void ask(const UdpSocket& client, const SocketAddress& at) {
    KernelAddress to{};
    const socklen_t size = to_kernel(at, to);
    const std::array<std::uint8_t, 4> question{1, 2, 3, 4};
    EXPECT_EQ(sendto(client.fd(), question.data(), question.size(), 0, &to.any, size), 4);
  }

  // Sends every question of that socket back.
  std::size_t answer_all(SocketId socket) {
    const auto batch = receive.receive(ends, socket, pool);
    for (const ReceivedDatagram& datagram : batch.datagrams) {
      seen.insert(datagram.from.socket);
      outbox.send(datagram.from, datagram.packet->bytes());
    }
    EXPECT_EQ(send.flush(outbox, ends).errors, 0U);
    return batch.datagrams.size();
  }

  static SocketAddress answered_from(const UdpSocket& client) {
    pollfd waiting{.fd = client.fd(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(poll(&waiting, 1, 20'000), 1);
    KernelAddress from{};
    socklen_t size = sizeof from;
    std::array<std::uint8_t, 16> answer{};
    EXPECT_EQ(recvfrom(client.fd(), answer.data(), answer.size(), 0, &from.any, &size), 4);
    return from_kernel(from);
  }

  SocketAddress at(const char* ip, SocketId socket) const {
    return *SocketAddress::parse(ip, sockets[socket].local().port());
  }

  std::vector<UdpSocket> sockets = bind({"0.0.0.0", "::", "127.0.0.1"});
  LocalEnds ends{sockets};
  PacketPool pool{256};
  Outbox outbox;
  ReceiveBatch receive;
  SendBatch send;
  std::set<SocketId> seen;
};

TEST_F(LocalEndsTest, EachAddressAnswersForItself) {
  const auto clients = bind({"127.0.0.1", "127.0.0.1"});
  // The kernel would answer all of them from 127.0.0.1.
  for (const char* const ip : {"127.0.0.3", "127.0.0.1", "127.0.0.4", "127.0.0.3"}) {
    ask(clients[0], at(ip, 0));
    EXPECT_EQ(answer_all(0), 1U);
    EXPECT_EQ(answered_from(clients[0]), at(ip, 0));
  }
  EXPECT_EQ(seen.size(), 3U) << "one end for each address";
}

TEST_F(LocalEndsTest, OneBatchAnswersFromManyAddresses) {
  const auto clients = bind({"127.0.0.1", "127.0.0.1"});
  for (int i = 0; i < 20; ++i) {
    ask(clients[0], at("127.0.0.3", 0));
    ask(clients[1], at("127.0.0.5", 0));
  }
  EXPECT_EQ(answer_all(0), 40U);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(answered_from(clients[0]), at("127.0.0.3", 0));
    EXPECT_EQ(answered_from(clients[1]), at("127.0.0.5", 0));
  }
}

TEST_F(LocalEndsTest, Ipv6AnswersToo) {
  const auto clients = bind({"::1"});
  ask(clients[0], at("::1", 1));
  EXPECT_EQ(answer_all(1), 1U);
  EXPECT_EQ(answered_from(clients[0]), at("::1", 1));
  EXPECT_FALSE(seen.contains(1)) << "with an end of its own";
}

TEST_F(LocalEndsTest, ASocketOfOneAddressIsItsOwnEnd) {
  const auto clients = bind({"127.0.0.1"});
  ask(clients[0], at("127.0.0.1", 2));
  EXPECT_EQ(answer_all(2), 1U);
  EXPECT_EQ(answered_from(clients[0]), at("127.0.0.1", 2));
  EXPECT_EQ(seen, std::set<SocketId>{2});
}

TEST_F(LocalEndsTest, AddressesBeyondTheLimitAreStillAnswered) {
  const auto clients = bind({"127.0.0.1"});
  for (std::size_t i = 0; i < LocalEnds::kMaxAddresses + 2; ++i) {
    ask(clients[0], at(("127.0.1." + std::to_string(i + 1)).c_str(), 0));
    EXPECT_EQ(answer_all(0), 1U);
    answered_from(clients[0]);
  }
  EXPECT_EQ(seen.size(), LocalEnds::kMaxAddresses + 1);
  EXPECT_TRUE(seen.contains(0)) << "by the kernel's routes";
}

}  // namespace
}  // namespace parlance::sfu
