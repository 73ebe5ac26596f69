// libnice's full agent against the ICE server, over real sockets on the loopback.
#include <array>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sfu/ice/ice_server.h"
#include "tests/support/media_client/ice_client.h"

namespace parlance::sfu {
namespace {

using test::IceClient;
using test::run_until;

sockaddr* as_sockaddr(sockaddr_in6& address) {
  return static_cast<sockaddr*>(static_cast<void*>(&address));
}

// A dual-stack socket in front of one IceServer.
class LoopbackServer : public DatagramSink {
 public:
  LoopbackServer() : socket_(socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    EXPECT_EQ(bind(socket_, as_sockaddr(address), sizeof address), 0);
    socklen_t size = sizeof address;
    getsockname(socket_, as_sockaddr(address), &size);
    port_ = ntohs(address.sin6_port);
  }

  ~LoopbackServer() override { close(socket_); }

  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::vector<IceCandidate> candidates(const std::string& ip) const {
    return {{.foundation = "1", .priority = 1, .address = ip, .protocol = "udp", .port = port_}};
  }

  void run_once() {
    std::array<std::uint8_t, 2048> buffer{};
    sockaddr_in6 from{};
    for (;;) {
      socklen_t size = sizeof from;
      const auto received =
          recvfrom(socket_, buffer.data(), buffer.size(), 0, as_sockaddr(from), &size);
      if (received < 0) {
        return;
      }
      const auto datagram = std::span(buffer).first(static_cast<std::size_t>(received));
      if (stun::looks_like_stun(datagram)) {
        server.on_datagram(now(), datagram, path_of(from), *this);
      } else {
        media.emplace_back(datagram.begin(), datagram.end());
      }
    }
  }

  void send(const Path& to, std::span<const std::uint8_t> datagram) override {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(to.remote.port());
    std::memcpy(&address.sin6_addr, mapped(to.remote).data(), 16);
    sendto(socket_, datagram.data(), datagram.size(), 0, as_sockaddr(address), sizeof address);
  }

  IceServer server{{.ufrag = "server-ufrag", .password = "server-password-1234567"}};
  std::vector<std::vector<std::uint8_t>> media;

 private:
  static Timestamp now() {
    return Timestamp(
        std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
  }

  static Path path_of(const sockaddr_in6& from) {
    std::array<std::uint8_t, 16> ip{};
    std::memcpy(ip.data(), &from.sin6_addr, ip.size());
    const std::uint16_t port = ntohs(from.sin6_port);
    if (IN6_IS_ADDR_V4MAPPED(&from.sin6_addr) != 0) {
      return {0, SocketAddress::v4({ip[12], ip[13], ip[14], ip[15]}, port)};
    }
    return {0, SocketAddress::v6(ip, port)};
  }

  static std::array<std::uint8_t, 16> mapped(const SocketAddress& address) {
    std::array<std::uint8_t, 16> ip{};
    if (address.is_v6()) {
      std::ranges::copy(address.ip(), ip.begin());
    } else {
      ip[10] = 0xFF;
      ip[11] = 0xFF;
      std::ranges::copy(address.ip(), ip.begin() + 12);
    }
    return ip;
  }

  int socket_;
  std::uint16_t port_ = 0;
};

const IceParameters kParameters{"server-ufrag", "server-password-1234567"};

class NiceAgentTest : public testing::TestWithParam<std::string> {
 protected:
  NiceAgentTest() : client(GetParam(), [](std::span<const std::uint8_t>) {}) {}

  bool run(const std::function<bool()>& done) {
    return run_until(done, [this] {
      server.run_once();
      client.run_once();
    });
  }

  LoopbackServer server;
  IceClient client;
};

TEST_P(NiceAgentTest, BecomesReady) {
  client.connect(kParameters, server.candidates(GetParam()));
  ASSERT_TRUE(run([&] { return client.ready(); }));
  EXPECT_EQ(server.server.state(), IceState::kConnected);
  ASSERT_TRUE(server.server.selected());
  EXPECT_EQ(server.server.selected()->remote.ip_str(), GetParam());
  ASSERT_TRUE(client.send(std::vector<std::uint8_t>(100, 0x80)));
  EXPECT_TRUE(run([&] { return server.media.size() == 1; }));
}

TEST_P(NiceAgentTest, BecomesReadyAgainAfterARestart) {
  client.connect(kParameters, server.candidates(GetParam()));
  ASSERT_TRUE(run([&] { return client.ready(); }));
  server.server.restart({.ufrag = "another-ufrag", .password = "another-password-123456"});
  client.restart();
  client.connect({"another-ufrag", "another-password-123456"}, server.candidates(GetParam()));
  EXPECT_TRUE(run([&] { return !client.ready(); }));
  EXPECT_TRUE(run([&] { return client.ready(); }));
  EXPECT_EQ(server.server.state(), IceState::kConnected);
}

INSTANTIATE_TEST_SUITE_P(Families,
                         NiceAgentTest,
                         testing::Values("127.0.0.1", "::1"),
                         [](const auto& one) {
                           return one.param == "::1" ? std::string("V6") : std::string("V4");
                         });

}  // namespace
}  // namespace parlance::sfu
