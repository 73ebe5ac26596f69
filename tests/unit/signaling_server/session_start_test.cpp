// What happens while a session starts or its thread is busy: nothing is lost unseen.
#include <future>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "signaling/server/event_loop.h"
#include "signaling/server/sessions.h"
#include "tests/unit/signaling_server/world.h"

namespace parlance::signaling::test {
namespace {

std::shared_ptr<const chat::Event> event_of_elsewhere() {
  return std::make_shared<const chat::Event>(
      chat::ConversationEvent{chat::ConversationId::parse(new_id()).value(),
                              1,
                              1,
                              chat::ConversationEvent::ProfileChanged{{.title = "Elsewhere"}}});
}

class SessionStart : public testing::Test {
 protected:
  SessionStart() {
    first_.start();
    first_.ok("conversation.create", {{"c", c_}, {"title", "Room"}});
  }

  void say(const std::string& body) {
    first_.ok("message.send", {{"c", c_}, {"cmid", new_id()}, {"body", body}});
  }

  // The other tab says session.start, which does not get on.
  std::uint32_t start_held(HeldChat::Hold what) {
    world_.chat().hold(what);
    const std::uint32_t id = second_.send("session.start", Json::object());
    world_.chat().wait_for_held(1);
    return id;
  }

  World world_;
  Guest ada_ = world_.guest("Ada");
  std::string c_ = new_id();
  Client first_{world_, ada_};
  Client second_{world_, ada_};
};

TEST_F(SessionStart, TellsWhatHappenedAfterItsListWasMade) {
  const std::uint32_t id = start_held(HeldChat::Hold::kAnswers);
  say("meanwhile");
  first_.ok("profile.update", {{"name", "Ada L."}});
  world_.chat().release();
  EXPECT_EQ(second_.answer_to(id)["ok"]["conversations"][0]["last_q"], 0);
  EXPECT_EQ(second_.next_event("message.created")["d"]["message"]["body"], "meanwhile");
  EXPECT_EQ(second_.next_event("profile.updated")["d"]["name"], "Ada L.");
}

TEST_F(SessionStart, DoesNotTellAgainWhatItsListHas) {
  const std::uint32_t id = start_held(HeldChat::Hold::kRequests);
  say("in the list");
  first_.ok("profile.update", {{"name", "In the list"}});
  world_.chat().release();
  EXPECT_EQ(second_.answer_to(id)["ok"]["conversations"][0]["last_q"], 1);
  say("afterwards");
  first_.ok("profile.update", {{"name", "Afterwards"}});
  const Json first_event = second_.next_event();
  EXPECT_EQ(first_event["s"], 1);
  EXPECT_EQ(first_event["d"]["message"]["body"], "afterwards");
  EXPECT_EQ(second_.next_event()["d"]["name"], "Afterwards");
}

TEST_F(SessionStart, IsRefusedWhereTooMuchHappensMeanwhile) {
  const std::uint32_t id = start_held(HeldChat::Hold::kAnswers);
  for (std::size_t i = 0; i <= Sessions::kMaxEventsWhileStarting; ++i) {
    world_.server().publish(event_of_elsewhere());
  }
  world_.chat().release();
  EXPECT_EQ(second_.answer_to(id)["err"]["code"], "unavailable");
  second_.start();
}

TEST_F(SessionStart, IsNotHurtByAsMuchAsIsKept) {
  const std::uint32_t id = start_held(HeldChat::Hold::kAnswers);
  for (std::size_t i = 0; i < Sessions::kMaxEventsWhileStarting; ++i) {
    world_.server().publish(event_of_elsewhere());
  }
  world_.chat().release();
  EXPECT_TRUE(second_.answer_to(id).contains("ok"));
}

// A signaling thread that a handler keeps busy until it is let go.
class Overrun : public testing::Test {
 protected:
  static SignalingOptions one_thread() {
    SignalingOptions options;
    options.threads = 1;
    return options;
  }

  std::vector<HttpRoute> route() {
    return {{"/busy", RouteAccess::kPublic, [this](const auto&, Executor&, HttpResponder respond) {
               respond({200, "text/plain", "", {}});
               entered_.set_value();
               let_go_.get_future().wait();
             }}};
  }

  // More messages for the thread than its mailbox takes.
  void overrun() {
    auto busy = std::async(std::launch::async, [this] { world_.http("GET", "/busy"); });
    entered_.get_future().wait();
    const auto event = event_of_elsewhere();
    for (std::size_t i = 0; i <= EventLoop::kMailboxCapacity; ++i) {
      world_.server().publish(event);
    }
    let_go_.set_value();
    busy.wait();
  }

  std::promise<void> entered_;
  std::promise<void> let_go_;
  World world_{one_thread(), route()};
  Guest ada_ = world_.guest("Ada");
};

TEST_F(Overrun, EndsTheSessionsThatMayHaveMissedSomething4000) {
  Client client(world_, ada_);
  client.start();
  overrun();
  EXPECT_EQ(client.socket().wait_for_close(), 4000);
  EXPECT_GE(world_.server().counters().at("mailbox_overflows"), 1U);
  Client again(world_, ada_);
  EXPECT_FALSE(again.resume(client.hello()["session_id"], 0));
  again.start();
}

TEST_F(Overrun, RefusesAStartThatMayHaveMissedSomething) {
  Client client(world_, ada_);
  world_.chat().hold(HeldChat::Hold::kAnswers);
  const std::uint32_t id = client.send("session.start", Json::object());
  world_.chat().wait_for_held(1);
  overrun();
  world_.chat().release();
  EXPECT_EQ(client.answer_to(id)["err"]["code"], "unavailable");
  client.start();
}

}  // namespace
}  // namespace parlance::signaling::test
