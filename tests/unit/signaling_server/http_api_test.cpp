// HTTP over real sockets.
#include "signaling/server/http_api.h"

#include <chrono>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "signaling/server/server_state.h"
#include "signaling/server/signaling_thread.h"
#include "tests/unit/signaling_server/world.h"

namespace parlance::signaling::test {
namespace {

using parlance::test::read_answer;
using parlance::test::request_text;
using parlance::test::TcpClient;

std::string code_of(const HttpAnswer& answer) {
  EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
  const Json problem = Json::parse(answer.body);
  EXPECT_TRUE(schemas().check("Problem", problem).empty()) << problem;
  return problem["code"];
}

TEST(HttpApi, AGuestGetsATokenThatIsGoodForMore) {
  const World world;
  const Guest ada = world.guest("Ada");
  const HttpAnswer me = world.http("GET", "/v1/me", {{"authorization", "Bearer " + ada.token}});
  EXPECT_EQ(me.status, 200);
  const Json body = Json::parse(me.body);
  EXPECT_TRUE(schemas().check("MeReply", body).empty()) << body;
  EXPECT_EQ(body["user"]["id"], ada.user);
}

TEST(HttpApi, ATokenIsNeeded) {
  const World world;
  const HttpAnswer without = world.http("GET", "/v1/me");
  EXPECT_EQ(without.status, 401);
  EXPECT_EQ(code_of(without), "auth.required");
  const HttpAnswer wrong = world.http("POST", "/v1/ws/tickets", {{"authorization", "Bearer x"}});
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(code_of(wrong), "auth.invalid");
}

TEST(HttpApi, ABadBodyIsExplained) {
  const World world;
  const HttpAnswer broken = world.http("POST", "/v1/guests", {}, "{");
  EXPECT_EQ(broken.status, 400);
  EXPECT_EQ(code_of(broken), "frame.malformed");
  const HttpAnswer wrong = world.http("POST", "/v1/guests", {}, R"({"name":7})");
  EXPECT_EQ(code_of(wrong), "schema.violation");
  EXPECT_EQ(Json::parse(wrong.body)["errors"][0]["pointer"], "/name");
  EXPECT_EQ(world.http("POST", "/v1/guests").status, 400);
}

TEST(HttpApi, ABodyHasALengthAndALimit) {
  const World world;
  TcpClient without(world.port());
  ASSERT_TRUE(without.write("POST /v1/guests HTTP/1.1\r\nhost: localhost\r\n\r\n"));
  EXPECT_EQ(read_answer(without).status, 411);
  EXPECT_TRUE(without.read_end());
  TcpClient huge(world.port());
  ASSERT_TRUE(
      huge.write("POST /v1/guests HTTP/1.1\r\nhost: localhost\r\ncontent-length: 65537\r\n\r\n"));
  EXPECT_EQ(read_answer(huge).status, 413);
  EXPECT_TRUE(huge.read_end());
}

TEST(HttpApi, OneConnectionCarriesManyRequests) {
  const World world;
  TcpClient connection(world.port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(connection.write(
        request_text("POST", "/v1/guests", {{"host", "localhost"}}, R"({"name":"Ada"})")));
    EXPECT_EQ(read_answer(connection).status, 201);
    ASSERT_TRUE(connection.write(request_text("GET", "/healthz", {{"host", "localhost"}}, "")));
    EXPECT_EQ(read_answer(connection).body, "ok\n");
  }
}

TEST(HttpApi, GuestsOfOneAddressAreLimited) {
  SignalingOptions options;
  options.guests_per_minute_and_address = 3;
  const World world(options);
  for (int i = 0; i < 3; ++i) {
    world.guest("Ada");
  }
  const HttpAnswer refused = world.http("POST", "/v1/guests", {}, R"({"name":"Ada"})");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(code_of(refused), "rate_limited");
  EXPECT_TRUE(refused.headers.contains("retry-after"));
}

TEST(HttpApi, ATicketOpensNothingAfterThirtySeconds) {
  const auto store = chat::start_chat_service({.url = "memory:"}, [](const auto&) {}).value();
  parlance::test::FakeMediaEngine media;
  const std::unique_ptr<ServerState> state(
      new ServerState{{},
                      {*store, media, {}, {}, {}, {}, {}, nullptr},
                      SchemaRegistry::load(embedded_schemas()).value(),
                      StaticFiles::load({}).value(),
                      {},
                      {},
                      {},
                      AddressLimiter({1, 1}),
                      AddressLimiter({1, 1}),
                      AddressLimiter({1, 1}),
                      {},
                      {}});
  const HttpApi api(*state);
  constexpr Timestamp kIssued{std::chrono::seconds(1000)};
  const auto try_after = [&](std::chrono::seconds age) {
    HttpRequest upgrade;
    upgrade.path = "/v1/ws";
    upgrade.query = "ticket=" + state->tickets.issue({}, "", kIssued);
    return api.decide_upgrade(upgrade, kIssued + age);
  };
  EXPECT_TRUE(try_after(std::chrono::seconds(29)));
  const auto late = try_after(std::chrono::seconds(30));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().status, 401);
  store->stop();
}

TEST(HttpApi, ForeignPagesAreRefusedAllowedOnesMayRead) {
  SignalingOptions options;
  options.allowed_origins = {"https://app.example.org"};
  const World world(options);
  const HttpAnswer foreign =
      world.http("POST", "/v1/guests", {{"origin", "https://evil.example"}}, R"({"name":"Ada"})");
  EXPECT_EQ(foreign.status, 403);
  EXPECT_EQ(code_of(foreign), "origin.forbidden");
  const HttpAnswer allowed = world.http(
      "POST", "/v1/guests", {{"origin", "https://app.example.org"}}, R"({"name":"Ada"})");
  EXPECT_EQ(allowed.status, 201);
  EXPECT_EQ(allowed.headers.at("access-control-allow-origin"), "https://app.example.org");
  const HttpAnswer preflight =
      world.http("OPTIONS", "/v1/guests", {{"origin", "https://app.example.org"}});
  EXPECT_EQ(preflight.status, 204);
  EXPECT_TRUE(preflight.headers.contains("access-control-allow-headers"));
}

TEST(HttpApi, RouterCapabilitiesAreCacheable) {
  const World world;
  const HttpAnswer first = world.http("GET", "/v1/router-capabilities");
  ASSERT_EQ(first.status, 200);
  const Json body = Json::parse(first.body);
  for (const Violation& violation : schemas().check("router.capabilities.reply", body)) {
    ADD_FAILURE() << violation.pointer << ": " << violation.detail;
  }
  const HttpAnswer second =
      world.http("GET", "/v1/router-capabilities", {{"if-none-match", first.headers.at("etag")}});
  EXPECT_EQ(second.status, 304);
  EXPECT_TRUE(second.body.empty());
}

TEST(HttpApi, MetricsAreForTheOperatorOnly) {
  const World world;
  EXPECT_EQ(world.http("GET", "/metrics").body, "metrics 1\n");
  EXPECT_EQ(world.http("GET", "/metrics", {{"x-forwarded-for", "192.0.2.1"}}).status, 403);
  EXPECT_EQ(world.http("GET", "/metrics", {{"forwarded", "for=192.0.2.1"}}).status, 403);
  EXPECT_EQ(world.http("GET", "/metrics", {{"host", "rebound.example"}}).status, 403);
  EXPECT_EQ(world.http("GET", "/metrics", {{"origin", "https://evil.example"}}).status, 403);
  SignalingOptions options;
  options.allowed_origins = {"https://app.example.org"};
  const World with_pages(options);
  EXPECT_EQ(with_pages.http("GET", "/metrics", {{"origin", "https://app.example.org"}}).status, 403)
      << "a page that may use the server is not its operator";
  options.trusted_addresses = {"192.0.2.1"};
  const World elsewhere(options);
  EXPECT_EQ(elsewhere.http("GET", "/metrics").status, 403);
}

TEST(HttpApi, IsNotReadyWhileItsStoreIsNot) {
  World world;
  EXPECT_EQ(world.http("GET", "/readyz").status, 200);
  world.set_not_ready("the store is full");
  const HttpAnswer answer = world.http("GET", "/readyz");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, "the store is full\n");
  EXPECT_EQ(world.http("GET", "/healthz").status, 200);  // it needs no restart
}

TEST(HttpApi, IsNotReadyWhileItDrains) {
  World world;
  const std::string request = request_text("GET", "/readyz", {{"host", "localhost"}}, "");
  TcpClient open(world.port());
  ASSERT_TRUE(open.write(request));
  EXPECT_EQ(read_answer(open).status, 200);
  world.set_not_ready("stopping");
  world.server().drain(std::chrono::milliseconds(0), std::chrono::milliseconds(0));
  ASSERT_TRUE(open.write(request));  // new connections are refused
  EXPECT_EQ(read_answer(open).status, 503);
}

TEST(HttpApi, WrongMethodsAndPathsAreAnswered) {
  const World world;
  EXPECT_EQ(world.http("GET", "/v1/guests").status, 405);
  EXPECT_EQ(world.http("DELETE", "/v1/me").status, 405);
  EXPECT_EQ(world.http("GET", "/v1/nothing").status, 404);
  EXPECT_EQ(world.http("GET", "/v1/ws?ticket=x").status, 422);
  EXPECT_EQ(world.http("GET", "/readyz").body, "ready\n");
  const HttpAnswer head = world.http("HEAD", "/healthz");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), "3");
}

TEST(HttpApi, EveryAnswerCarriesTheSecurityHeaders) {
  const World world;
  for (const char* path : {"/healthz", "/nothing.js", "/v1/me"}) {
    const HttpAnswer answer = world.http("GET", path);
    EXPECT_TRUE(answer.headers.at("content-security-policy").starts_with("default-src 'self'"));
    EXPECT_EQ(answer.headers.at("x-content-type-options"), "nosniff");
    EXPECT_TRUE(answer.headers.contains("permissions-policy"));
    EXPECT_TRUE(answer.headers.contains("referrer-policy"));
  }
}

TEST(HttpApi, GarbageCostsItsConnectionOnly) {
  const World world;
  TcpClient garbage(world.port());
  ASSERT_TRUE(
      garbage.write(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15)));
  EXPECT_TRUE(garbage.read_end());
  TcpClient endless(world.port());
  endless.write("GET /" + std::string(100'000, 'a') + " HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(endless.read_end());
  EXPECT_EQ(world.http("GET", "/healthz").status, 200);
}

}  // namespace
}  // namespace parlance::signaling::test
