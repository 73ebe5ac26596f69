// What clients do wrong on the way to a WebSocket and on it, over real sockets.
#include <string>

#include <gtest/gtest.h>

#include "signaling/protocol/envelope.h"
#include "tests/unit/signaling_server/world.h"

namespace parlance::signaling::test {
namespace {

std::string code_of(const WsClient& refused) {
  const Json problem = Json::parse(refused.answer().body);
  EXPECT_TRUE(schemas().check("Problem", problem).empty()) << problem;
  return problem["code"];
}

class BadInput : public testing::Test {
 protected:
  std::string target() { return "/v1/ws?ticket=" + world_.ticket(ada_); }

  World world_;
  Guest ada_ = world_.guest("Ada");
};

TEST_F(BadInput, WithoutTicket401) {
  const WsClient client(world_.port(), "/v1/ws");
  EXPECT_EQ(client.answer().status, 401);
  EXPECT_EQ(code_of(client), "auth.required");
}

TEST_F(BadInput, WrongTicket401) {
  const WsClient client(world_.port(), "/v1/ws?ticket=wrong");
  EXPECT_EQ(client.answer().status, 401);
  EXPECT_EQ(code_of(client), "auth.invalid");
}

TEST_F(BadInput, UsedTicket401) {
  const std::string once = target();
  const WsClient first(world_.port(), once);
  EXPECT_TRUE(first.open());
  const WsClient second(world_.port(), once);
  EXPECT_EQ(second.answer().status, 401);
  EXPECT_EQ(code_of(second), "auth.invalid");
}

TEST_F(BadInput, ForeignOrigin403) {
  const WsClient client(world_.port(), target(), {{"origin", "https://evil.example"}});
  EXPECT_EQ(client.answer().status, 403);
  EXPECT_EQ(code_of(client), "origin.forbidden");
}

TEST_F(BadInput, ATicketIsThePagesThatAskedForIt) {
  const std::string own = "http://localhost:" + std::to_string(world_.port());
  const WsClient stolen(world_.port(), target(), {{"origin", own}});
  EXPECT_EQ(stolen.answer().status, 401);
  const std::string ticket = world_.ticket(ada_, {{"origin", own}});
  const WsClient client(world_.port(), "/v1/ws?ticket=" + ticket, {{"origin", own}});
  EXPECT_TRUE(client.open());
}

TEST_F(BadInput, AnotherPathOrSubprotocolIsNoWebSocket) {
  EXPECT_EQ(WsClient(world_.port(), "/other").answer().status, 404);
  const WsClient other(world_.port(), target(), {{"sec-websocket-protocol", "chat"}});
  EXPECT_EQ(other.answer().status, 400);
  EXPECT_EQ(code_of(other), "invalid");
  const WsClient newer(world_.port(), target(), {{"sec-websocket-protocol", "parlance.v2.json"}});
  EXPECT_EQ(newer.answer().status, 400);
  const WsClient several(
      world_.port(), target(), {{"sec-websocket-protocol", "parlance.v2.json, parlance.v1.json"}});
  EXPECT_TRUE(several.open());
  EXPECT_EQ(several.answer().headers.at("sec-websocket-protocol"), "parlance.v1.json");
}

TEST_F(BadInput, MalformedJsonIsAnsweredAndNothingIsLost) {
  Client client(world_, ada_);
  client.start();
  client.socket().send_text(R"({"id":5,"op":)");
  const Json error = client.answer_to(0);
  EXPECT_EQ(error["err"]["code"], "frame.malformed");
  EXPECT_FALSE(error.contains("id"));
  client.socket().send_text(R"({"id":5000,"op":"sync","extra":1,"d":{}})");
  EXPECT_EQ(client.answer_to(5000)["err"]["code"], "frame.malformed");
  EXPECT_TRUE(client.request("conversation.list", Json::object()).contains("ok"));
}

TEST_F(BadInput, UnknownOperationsAndShapesAreExplained) {
  Client client(world_, ada_);
  client.start();
  EXPECT_EQ(client.error("no.such", Json::object()), "op.unknown");
  const Json answer =
      client.request("message.send", {{"c", new_id()}, {"cmid", "x"}, {"body", "hi"}});
  EXPECT_EQ(answer["err"]["code"], "schema.violation");
  EXPECT_EQ(answer["err"]["errors"][0]["pointer"], "/cmid");
  EXPECT_EQ(client.error("conversation.get", {{"c", new_id()}}), "not_found");
  EXPECT_EQ(client.error("call.get", {{"c", new_id()}}), "not_found");
  EXPECT_EQ(client.error("typing.start", {{"c", new_id()}}), "not_found");
  EXPECT_EQ(client.error("session.start", Json::object()), "conflict");
}

TEST_F(BadInput, NothingBeforeTheSession) {
  Client client(world_, ada_);
  EXPECT_EQ(client.error("conversation.list", Json::object()), "session.not_started");
  EXPECT_EQ(client.error("session.resume", {{"session_id", 5}}), "schema.violation");
  client.socket().send_text(R"({"op":"session.start","d":{}})");
  client.start();
  EXPECT_EQ(world_.server().counters().at("sessions_started"), 1U)
      << "a start without id can't be answered, and so is none";
}

TEST_F(BadInput, AnObjectBehindTheStartInOneFrameIsKept) {
  Client client(world_, ada_);
  client.socket().send_text(
      "{\"id\":100,\"op\":\"session.start\",\"d\":{}}\n{\"id\":101,\"op\":\"conversation.list\","
      "\"d\":{}}");
  EXPECT_TRUE(client.answer_to(100).contains("ok"));
  EXPECT_TRUE(client.answer_to(101).contains("ok"));
}

TEST_F(BadInput, BinaryFramesClose4500) {
  Client client(world_, ada_);
  client.socket().send_frame(0x2, "binary");
  EXPECT_EQ(client.socket().wait_for_close(), 4500);
}

TEST_F(BadInput, OversizedFramesClose4500) {
  Client client(world_, ada_);
  client.socket().send_text(std::string(kMaxClientFrameBytes + 1, ' '));
  EXPECT_EQ(client.socket().wait_for_close(), 4500);
}

TEST_F(BadInput, AFrameOfTheLargestSizeIsRead) {
  Client client(world_, ada_);
  std::string frame = R"({"id":7,"op":"session.start","d":{}})";
  frame.resize(kMaxClientFrameBytes, ' ');
  client.socket().send_text(frame);
  EXPECT_TRUE(client.answer_to(7).contains("ok"));
}

TEST_F(BadInput, OversizedFramesInPartsClose4500) {
  Client client(world_, ada_);
  client.socket().send_frame(0x1, std::string(40'000, ' '), false);
  client.socket().send_frame(0x0, std::string(40'000, ' '), true);
  EXPECT_EQ(client.socket().wait_for_close(), 4500);
}

TEST_F(BadInput, WhatIsNotUtf8Closes4500) {
  Client client(world_, ada_);
  client.socket().send_text("{\"op\":\"\xFF\"}");
  EXPECT_EQ(client.socket().wait_for_close(), 4500);
}

TEST_F(BadInput, AnUnmaskedFrameEndsTheConnectionOnly) {
  WsClient client(world_.port(), target());
  ASSERT_TRUE(client.open());
  client.receive();
  client.send_frame(0x3, "reserved opcode");
  client.wait_for_close();
  Client other(world_, ada_);
  other.start();
}

TEST_F(BadInput, RefusalsWithoutEndClose4013) {
  Client client(world_, ada_);
  for (int i = 0; i < 40; ++i) {
    client.socket().send_text("{");
  }
  EXPECT_EQ(client.socket().wait_for_close(), 4013);
}

TEST(RateLimit, RefusesWhatIsTooMuchAndThenCloses4013) {
  SignalingOptions options;
  options.session.requests = {10, 5};
  options.session.refusals_per_minute = 20;
  const World world(options);
  Client client(world, world.guest("Ada"));
  client.start();
  std::uint32_t last = 0;
  for (int i = 0; i < 10; ++i) {
    last = client.send("router.capabilities", Json::object());
  }
  const Json refused = client.answer_to(last);
  EXPECT_EQ(refused["err"]["code"], "rate_limited");
  EXPECT_GT(refused["err"]["retry_after_ms"], 0);
  for (int i = 0; i < 60; ++i) {
    client.send("router.capabilities", Json::object());
  }
  EXPECT_EQ(client.socket().wait_for_close(), 4013);
}

TEST(Deadlines, AConnectionThatDoesNotStartIsClosed4508) {
  SignalingOptions options;
  EXPECT_EQ(options.session.start, std::chrono::seconds(10)) << "docs/protocol.md says so";
  options.session.start = std::chrono::milliseconds(50);
  const World world(options);
  Client client(world, world.guest("Ada"));
  EXPECT_EQ(client.socket().wait_for_close(), 4508);
}

TEST(Deadlines, AConnectionThatStartedOutlivesThatDeadline) {
  SignalingOptions options;
  options.session.start = std::chrono::seconds(1);
  const World world(options);
  const Guest ada = world.guest("Ada");
  Client started(world, ada);
  started.start();
  // Its own deadline is later than that of the one that started.
  Client idle(world, ada);
  EXPECT_EQ(idle.socket().wait_for_close(), 4508);
  started.ok("conversation.list", Json::object());
}

TEST(Deadlines, SilenceCloses4009AndTheSessionCanBeResumed) {
  SignalingOptions options;
  options.session.heartbeat = std::chrono::milliseconds(100);
  options.session.grace = std::chrono::milliseconds(200);
  const World world(options);
  const Guest ada = world.guest("Ada");
  Client client(world, ada);
  client.start();
  EXPECT_EQ(client.socket().wait_for_close(), 4009);
  Client again(world, ada);
  EXPECT_TRUE(again.resume(client.hello()["session_id"], 0));
}

}  // namespace
}  // namespace parlance::signaling::test
