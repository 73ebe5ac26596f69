#include "signaling/server/listener.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "signaling/server/origin.h"
#include "tests/support/ws/tls.h"
#include "tests/unit/signaling_server/world.h"

namespace parlance::signaling::test {
namespace {

namespace fs = std::filesystem;

TEST(Listener, EveryThreadListensOnTheSamePort) {
  const auto listeners = bind_listeners({"127.0.0.1"}, 0, 3);
  ASSERT_TRUE(listeners) << listeners.error();
  EXPECT_NE(listeners->port, 0);
  EXPECT_EQ(listeners->of_thread.size(), 3U);
  EXPECT_TRUE(parlance::test::TcpClient(listeners->port).connected());
}

TEST(Listener, ASecondServerDoesNotStartBesideTheFirst) {
  const auto first = bind_listeners({"127.0.0.1"}, 0, 2);
  ASSERT_TRUE(first);
  const auto second = bind_listeners({"127.0.0.1"}, first->port, 2);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find("port " + std::to_string(first->port)), std::string::npos);
  EXPECT_NE(second.error().find("in use"), std::string::npos);
  const auto wildcard = bind_listeners({"0.0.0.0"}, first->port, 2);
  EXPECT_FALSE(wildcard);
}

TEST(Listener, ThePortIsFreeAgainAfterwards) {
  std::uint16_t port = 0;
  {
    const auto first = bind_listeners({"127.0.0.1"}, 0, 2);
    port = first->port;
  }
  EXPECT_TRUE(bind_listeners({"127.0.0.1"}, port, 2));
}

TEST(Listener, SaysWhatIsWrongWithAnAddress) {
  EXPECT_NE(bind_listeners({"example.org"}, 0, 1).error().find("numeric"), std::string::npos);
  EXPECT_NE(bind_listeners({"192.0.2.1"}, 0, 1).error().find("no address of this machine"),
            std::string::npos);
  EXPECT_FALSE(bind_listeners({}, 0, 1));
}

TEST(Tls, ServesHttpsAndLeadsPlainHttpThere) {
  const fs::path folder = fs::temp_directory_path() / ("tls-" + new_id());
  fs::create_directories(folder);
  parlance::test::write_certificate(folder / "cert.pem", folder / "key.pem");
  SignalingOptions options;
  options.tls = TlsFiles{folder / "cert.pem", folder / "key.pem"};
  const World world(options);
  const std::string answer = parlance::test::over_tls(
      world.port(), "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n", "ok\n");
  EXPECT_NE(answer.find("200"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("ok\n")) << answer;
  const std::string upgrade = parlance::test::over_tls(
      world.port(),
      "GET /v1/ws?ticket=x HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: "
      "upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "sec-websocket-protocol: parlance.v1.json\r\n\r\n",
      "}");
  EXPECT_NE(upgrade.find("401"), std::string::npos) << upgrade;
  const HttpAnswer plain = world.http("GET", "/some/page");
  EXPECT_EQ(plain.status, 301);
  EXPECT_TRUE(plain.headers.at("location").starts_with("https://localhost"))
      << plain.headers.at("location");
  fs::remove_all(folder);
}

TEST(Origin, OwnPagesAndListedOnesOnly) {
  const std::vector<std::string> listed{"https://app.example.org"};
  EXPECT_TRUE(origin_allowed("", "localhost:8080", listed));
  EXPECT_TRUE(origin_allowed("http://localhost:8080", "localhost:8080", listed));
  EXPECT_TRUE(origin_allowed("https://Call.Example.org", "call.example.org", listed));
  EXPECT_TRUE(origin_allowed("https://call.example.org", "call.example.org:443", listed));
  EXPECT_TRUE(origin_allowed("https://app.example.org", "call.example.org", listed));
  EXPECT_FALSE(origin_allowed("http://localhost:8081", "localhost:8080", listed));
  EXPECT_FALSE(origin_allowed("https://evil.example", "call.example.org", listed));
  EXPECT_FALSE(origin_allowed("https://app.example.org.evil.example", "call.example.org", listed));
  EXPECT_FALSE(origin_allowed("https://call.example.org.evil.example", "call.example.org", listed));
  EXPECT_FALSE(origin_allowed("https://call.example.org@evil.example", "call.example.org", listed));
  EXPECT_FALSE(origin_allowed("null", "call.example.org", listed));
  EXPECT_FALSE(origin_allowed("http://", "", listed));
}

TEST(Origin, KnowsHostsThatNoForeignPageCanHave) {
  for (const char* good :
       {"localhost", "localhost:8080", "127.0.0.1:80", "[::1]:8080", "192.0.2.1"}) {
    EXPECT_TRUE(host_is_literal(good)) << good;
  }
  for (const char* bad : {"",
                          "evil.example",
                          "evil.example:8080",
                          "localhost.evil.example",
                          "127.0.0.1:80.evil.example",
                          "[::1].evil.example",
                          "[::1",
                          "[localhost]"}) {
    EXPECT_FALSE(host_is_literal(bad)) << bad;
  }
  EXPECT_FALSE(host_is_literal(std::string_view("127.0.0.1\0.evil.example", 23)));
}

}  // namespace
}  // namespace parlance::signaling::test
