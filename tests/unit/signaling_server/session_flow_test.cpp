// Chat, presence and resuming over real sockets and two threads.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "signaling/server/sessions.h"
#include "tests/unit/signaling_server/world.h"

namespace parlance::signaling::test {
namespace {

class Flow : public testing::Test {
 protected:
  // A conversation of Ada's that Bob has joined.
  std::string room() {
    Client ada(world_, ada_);
    ada.start();
    const std::string c = new_id();
    const Json made = ada.ok("conversation.create", {{"c", c}, {"title", "Room"}});
    Client bob(world_, bob_);
    bob.start();
    bob.ok("invite.accept", {{"code", made["conversation"]["invite_code"]}});
    return c;
  }

  static Json message(const std::string& c, const std::string& body) {
    return {{"c", c}, {"cmid", new_id()}, {"body", body}};
  }

  World world_;
  Guest ada_ = world_.guest("Ada");
  Guest bob_ = world_.guest("Bob");
};

TEST_F(Flow, HelloSaysWhatTheClientNeeds) {
  Client client(world_, ada_);
  EXPECT_EQ(client.hello()["heartbeat_ms"], 25'000);
  EXPECT_EQ(client.hello()["max_frame"], 65'536);
  const Json started = client.start();
  EXPECT_EQ(started["user"]["name"], "Ada");
  EXPECT_TRUE(started["conversations"].empty());
}

TEST_F(Flow, AHeartbeatIsAnswered) {
  Client client(world_, ada_);
  client.start();
  client.socket().send_text(R"({"op":"hb","a":0})");
  EXPECT_EQ(client.next_control()["op"], "hb");
}

TEST_F(Flow, AMessageReachesEveryMember) {
  const std::string c = room();
  Client ada(world_, ada_);
  Client bob(world_, bob_);
  EXPECT_EQ(ada.start()["conversations"][0]["id"], c);
  bob.start();
  const Json sent = ada.ok("message.send", message(c, "hello"));
  EXPECT_FALSE(sent["dup"].get<bool>());
  for (Client* client : {&ada, &bob}) {
    const Json event = client->next_event("message.created");
    EXPECT_EQ(event["d"]["message"]["body"], "hello");
    EXPECT_EQ(event["q"], sent["q"]);
    EXPECT_EQ(event["r"], sent["r"]);
    EXPECT_TRUE(event.contains("s"));
  }
  EXPECT_EQ(bob.ok("message.history", {{"c", c}})["messages"].size(), 1U);
}

TEST_F(Flow, ANewMemberHearsFromThenOnAndOneWhoLeftNoLonger) {
  Client ada(world_, ada_);
  Client bob(world_, bob_);
  ada.start();
  bob.start();
  const std::string c = new_id();
  const Json made = ada.ok("conversation.create", {{"c", c}, {"title", "Room"}});
  const Json seen = bob.ok("invite.accept", {{"code", made["conversation"]["invite_code"]}});
  EXPECT_EQ(seen["members"].size(), 2U);
  EXPECT_EQ(bob.next_event("conversation.added")["d"]["conversation"]["id"], c);
  ada.ok("message.send", message(c, "one"));
  EXPECT_EQ(bob.next_event("message.created")["d"]["message"]["body"], "one");
  ada.ok("member.remove", {{"c", c}, {"user", bob_.user}});
  EXPECT_EQ(bob.next_event("member.left")["d"]["user"], bob_.user);
  ada.ok("message.send", message(c, "two"));
  EXPECT_EQ(ada.next_event("member.left")["d"]["user"], bob_.user);
  EXPECT_EQ(bob.error("message.history", {{"c", c}}), "not_found");
  ada.ok("typing.start", {{"c", c}});
  EXPECT_EQ(bob.error("typing.start", {{"c", c}}), "not_found");
}

TEST_F(Flow, TheOtherTabsOfANewMemberHearOfTheJoining) {
  const std::string c = new_id();
  Client ada(world_, ada_);
  ada.start();
  const Json made = ada.ok("conversation.create", {{"c", c}, {"title", "Room"}});
  Client bob(world_, bob_);
  bob.start();
  Client other_tab(world_, bob_);
  other_tab.start();
  bob.ok("invite.accept", {{"code", made["conversation"]["invite_code"]}});
  EXPECT_EQ(other_tab.next_event("member.joined")["d"]["member"]["user"], bob_.user);
  ada.ok("message.send", message(c, "to all tabs"));
  EXPECT_EQ(other_tab.next_event("message.created")["d"]["message"]["body"], "to all tabs");
}

TEST_F(Flow, AnInviteOpensItsOwnConversationOnly) {
  const std::string c = new_id();
  Client ada(world_, ada_);
  ada.start();
  ada.ok("conversation.create", {{"c", c}, {"title", "Closed"}});
  const Json open = ada.ok("conversation.create", {{"c", new_id()}, {"title", "Open"}});
  Client bob(world_, bob_);
  bob.start();
  const std::string code = open["conversation"]["invite_code"];
  EXPECT_EQ(bob.error("invite.accept", {{"code", std::string(code.size(), 'x')}}), "not_found");
  bob.ok("invite.accept", {{"code", code}});
  EXPECT_EQ(bob.error("conversation.get", {{"c", c}}), "not_found");
  EXPECT_EQ(bob.error("message.send", message(c, "hello?")), "not_found");
  EXPECT_EQ(bob.ok("sync", {{"cursors", {{{"c", c}, {"r", 0}}}}})["gone"][0], c);
}

TEST_F(Flow, PresenceAndTypingAreTold) {
  const std::string c = room();
  Client ada(world_, ada_);
  ada.start();
  Client bob(world_, bob_);
  bob.start();
  const Json seen = bob.ok("conversation.get", {{"c", c}});
  EXPECT_EQ(seen["call"], nullptr);
  bob.ok("typing.start", {{"c", c}});
  const Json typing = ada.next_event("typing");
  EXPECT_EQ(typing["d"]["user"], bob_.user);
  EXPECT_FALSE(typing.contains("s"));
  EXPECT_EQ(bob.ok("conversation.get", {{"c", c}})["online"].size(), 2U);
}

TEST_F(Flow, AnUnansweredRequestStillHappens) {
  const std::string c = room();
  Client ada(world_, ada_);
  ada.start();
  Client bob(world_, bob_);
  bob.start();
  ada.socket().send_text(Json({{"op", "typing.start"}, {"d", {{"c", c}}}}).dump());
  EXPECT_EQ(bob.next_event("typing")["d"]["user"], ada_.user);
}

TEST_F(Flow, SyncGivesWhatACursorLacks) {
  const std::string c = room();
  Client ada(world_, ada_);
  ada.start();
  const Json sent = ada.ok("message.send", message(c, "one"));
  const Json page = ada.ok("sync", {{"cursors", {{{"c", c}, {"r", 0}}}}, {"user_r", 0}});
  EXPECT_EQ(page["events"].back()["d"]["message"]["body"], "one");
  EXPECT_EQ(page["cursors"][0]["r"], sent["r"]);
}

TEST_F(Flow, ACutSocketResumesAndNothingIsLostOrDoubled) {
  const std::string c = room();
  Client bob(world_, bob_);
  bob.start();
  auto ada = std::make_unique<Client>(world_, ada_);
  ada->start();
  const std::string session = ada->hello()["session_id"];
  std::vector<std::uint64_t> numbers;
  std::vector<std::string> bodies;
  // Several times, so that both threads get to serve the resuming connection.
  for (int round = 0; round < 8; ++round) {
    const std::string before = "before " + std::to_string(round);
    const std::string after = "after " + std::to_string(round);
    bob.ok("message.send", message(c, before));
    bodies.push_back(ada->next_event("message.created")["d"]["message"]["body"]);
    const std::uint64_t s = ada->last_s();
    numbers.insert(numbers.end(), ada->numbers().begin(), ada->numbers().end());
    ada->socket().cut();
    bob.ok("message.send", message(c, after));
    ada = std::make_unique<Client>(world_, ada_);
    ASSERT_TRUE(ada->resume(session, s));
    bodies.push_back(ada->next_event("message.created")["d"]["message"]["body"]);
    EXPECT_EQ(ada->next_control()["op"], "resumed");
    EXPECT_EQ(bodies[bodies.size() - 2], before);
    EXPECT_EQ(bodies.back(), after);
  }
  numbers.insert(numbers.end(), ada->numbers().begin(), ada->numbers().end());
  std::vector<std::uint64_t> dense(numbers.size());
  std::ranges::generate(dense, [next = std::uint64_t{1}]() mutable { return next++; });
  EXPECT_EQ(numbers, dense);
}

TEST_F(Flow, TheNewerConnectionReplacesTheOlder4012) {
  const std::string c = room();
  Client first(world_, ada_);
  first.start();
  Client second(world_, ada_);
  ASSERT_TRUE(second.resume(first.hello()["session_id"], first.last_s()));
  EXPECT_EQ(first.socket().wait_for_close(), 4012);
  // The end of the older one is not the session's.
  first.socket().cut();
  ASSERT_TRUE(world_.fell_to("connections", 1));
  Client bob(world_, bob_);
  bob.start();
  bob.ok("message.send", message(c, "to the newer"));
  EXPECT_EQ(second.next_event("message.created")["d"]["message"]["body"], "to the newer");
}

TEST_F(Flow, AnUnknownSessionIsResetAndCanStartAnew) {
  Client client(world_, ada_);
  for (const char* id :
       {"0-unknown", "1-unknown", "99-unknown", "unknown", "-", "99999999999999999999-x"}) {
    EXPECT_FALSE(client.resume(id, 0)) << id;
  }
  client.start();
}

TEST_F(Flow, NobodyResumesSomebodyElsesSession) {
  Client ada(world_, ada_);
  ada.start();
  Client bob(world_, bob_);
  EXPECT_FALSE(bob.resume(ada.hello()["session_id"], 0));
  EXPECT_TRUE(ada.request("conversation.list", Json::object()).contains("ok"));
}

TEST_F(Flow, WhatWasAcknowledgedCannotBeResumedFromBefore) {
  const std::string c = room();
  Client ada(world_, ada_);
  ada.start();
  ada.ok("message.send", message(c, "one"));
  ada.next_event("message.created");
  ada.socket().send_text(R"({"op":"hb","a":)" + std::to_string(ada.last_s()) + "}");
  EXPECT_EQ(ada.next_control()["op"], "hb");
  Client again(world_, ada_);
  EXPECT_FALSE(again.resume(ada.hello()["session_id"], 0));
  EXPECT_TRUE(again.resume(ada.hello()["session_id"], ada.last_s()));
}

TEST_F(Flow, ARenamedUserIsTold) {
  Client ada(world_, ada_);
  ada.start();
  EXPECT_EQ(ada.ok("profile.update", {{"name", "Ada L."}})["user"]["name"], "Ada L.");
  EXPECT_EQ(ada.next_event("profile.updated")["d"]["name"], "Ada L.");
}

TEST(Sessions, OfAUserAreSixteenAndTheOldestIdleOneGoesFirst) {
  SignalingOptions options;
  options.threads = 1;
  World world(options);
  const Guest ada = world.guest("Ada");
  std::vector<std::unique_ptr<Client>> tabs;
  const auto open = [&] {
    tabs.push_back(std::make_unique<Client>(world, ada));
    tabs.back()->start();
  };
  while (tabs.size() < Sessions::kMaxPerUser) {
    open();
  }
  tabs[5]->socket().cut();
  ASSERT_TRUE(world.fell_to("connections", Sessions::kMaxPerUser - 1));
  open();
  EXPECT_EQ(world.server().counters().at("sessions"), Sessions::kMaxPerUser);
  EXPECT_FALSE(Client(world, ada).resume(tabs[5]->hello()["session_id"], 0));
  tabs[0]->ok("conversation.list", Json::object());
  open();
  EXPECT_EQ(world.server().counters().at("sessions"), Sessions::kMaxPerUser);
  EXPECT_EQ(tabs[0]->socket().wait_for_close(), 4012);
  tabs[1]->ok("conversation.list", Json::object());
}

TEST(Sessions, RequestsWithoutIdAreNotOpenForever) {
  SignalingOptions options;
  options.session.open_requests = 2;
  const World world(options);
  Client client(world, world.guest("Ada"));
  client.start();
  const std::string c = new_id();
  client.ok("conversation.create", {{"c", c}, {"title", "Room"}});
  for (int i = 0; i < 5; ++i) {
    client.socket().send_text(Json({{"op", "typing.start"}, {"d", {{"c", c}}}}).dump());
    client.socket().send_text(Json({{"op", "typing.start"}, {"d", {{"c", new_id()}}}}).dump());
  }
  client.ok("conversation.list", Json::object());
}

TEST(Sessions, OneThatIsExpiredIsReset) {
  SignalingOptions options;
  options.session.resume_ttl = std::chrono::milliseconds(1);
  World world(options);
  const Guest ada = world.guest("Ada");
  Client client(world, ada);
  client.start();
  client.socket().cut();
  // The server has to notice first: its number of sessions says when.
  while (world.server().counters().at("sessions") > 0) {
    world.http("GET", "/healthz");
  }
  Client again(world, ada);
  EXPECT_FALSE(again.resume(client.hello()["session_id"], 0));
}

TEST(Sessions, OneWhoseLogRanOverIsReset) {
  SignalingOptions options;
  options.session.log.events = 4;
  const World world(options);
  const Guest ada = world.guest("Ada");
  Client client(world, ada);
  client.start();
  const std::string c = new_id();
  client.ok("conversation.create", {{"c", c}, {"title", "Room"}});
  const std::uint64_t s = client.last_s();
  client.socket().cut();
  Client writer(world, ada);
  writer.start();
  for (int i = 0; i < 10; ++i) {
    writer.ok("message.send", {{"c", c}, {"cmid", new_id()}, {"body", "x"}});
  }
  Client again(world, ada);
  EXPECT_FALSE(again.resume(client.hello()["session_id"], s));
}

TEST(Drain, TellsClientsToReconnectAndCloses4001) {
  World world;
  Client client(world, world.guest("Ada"));
  client.start();
  world.server().drain(std::chrono::milliseconds(300), std::chrono::milliseconds(0));
  const Json control = client.next_control();
  EXPECT_EQ(control["op"], "reconnect");
  EXPECT_LE(control["d"]["after_ms"], 300);
  EXPECT_EQ(client.socket().wait_for_close(), 4001);
}

TEST(Drain, NothingListensAfterwards) {
  World world;
  world.server().drain(std::chrono::milliseconds(0), std::chrono::milliseconds(100));
  EXPECT_EQ(world.http("GET", "/healthz").status, 0);
}

}  // namespace
}  // namespace parlance::signaling::test
