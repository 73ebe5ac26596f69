// A reader that hardly reads: it costs a cursor, loses nothing, and disturbs nobody.
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/signaling_server/world.h"

namespace parlance::signaling::test {
namespace {

// More than the kernel's buffers on both sides and the queue between them hold.
constexpr int kMessages = 400;
const std::string kBody(10'000, 'x');

std::string make_room(Client& owner) {
  const std::string c = new_id();
  owner.ok("conversation.create", {{"c", c}, {"title", "Room"}});
  return c;
}

// As many at once as may be open.
void send_many(Client& writer, const std::string& c, int count) {
  constexpr int kAtOnce = 50;
  for (int i = 0; i < count;) {
    std::uint32_t last = 0;
    for (int n = 0; n < kAtOnce && i < count; ++n, ++i) {
      last = writer.send("message.send",
                         {{"c", c}, {"cmid", new_id()}, {"body", std::to_string(i) + kBody}});
    }
    EXPECT_TRUE(writer.answer_to(last).contains("ok"));
  }
}

SignalingOptions generous() {
  SignalingOptions options;
  options.session.requests = {100'000, 100'000};
  return options;
}

TEST(SlowReader, GetsEverythingInOrderOnceItReads) {
  SignalingOptions options = generous();
  options.session.log.bytes = 64 * 1024 * 1024;
  World world(options);
  const Guest ada = world.guest("Ada");
  Client writer(world, ada);
  writer.start();
  const std::string c = make_room(writer);
  Client slow(world, ada, true);
  slow.start();
  send_many(writer, c, kMessages);
  slow.socket().speed_up();
  for (int i = 0; i < kMessages; ++i) {
    const Json event = slow.next_event("message.created");
    ASSERT_FALSE(event.is_null()) << "after " << i;
    const std::string body = event["d"]["message"]["body"];
    ASSERT_EQ(body, std::to_string(i) + kBody);
  }
  for (std::size_t i = 0; i < slow.numbers().size(); ++i) {
    ASSERT_EQ(slow.numbers()[i], i + 1);
  }
}

TEST(SlowReader, IsCutOffWhenAFrameDoesNotGetOutAndResumes) {
  SignalingOptions options = generous();
  options.session.log.bytes = 64 * 1024 * 1024;
  options.session.blocked = std::chrono::milliseconds(200);
  World world(options);
  const Guest ada = world.guest("Ada");
  Client writer(world, ada);
  writer.start();
  const std::string c = make_room(writer);
  Client slow(world, ada, true);
  slow.start();
  send_many(writer, c, kMessages);
  // What the kernel had, and then the end; whether the farewell still fits depends on the reader.
  while (!slow.next_event().is_null()) {
  }
  EXPECT_EQ(slow.socket().close_code().value_or(4008), 4008);
  Client again(world, ada);
  ASSERT_TRUE(again.resume(slow.hello()["session_id"], slow.last_s()));
  int rest = 0;
  while (again.last_s() < static_cast<std::uint64_t>(kMessages)) {
    ASSERT_FALSE(again.next_event("message.created").is_null());
    ++rest;
  }
  EXPECT_GT(rest, 0);
}

TEST(SlowReader, LosesItsSessionWhenItsLogRunsFull) {
  SignalingOptions options = generous();
  options.session.log.events = 100;
  World world(options);
  const Guest ada = world.guest("Ada");
  Client writer(world, ada);
  writer.start();
  const std::string c = make_room(writer);
  Client slow(world, ada, true);
  slow.start();
  send_many(writer, c, kMessages);
  while (!slow.next_event().is_null()) {
  }
  EXPECT_EQ(world.server().counters().at("sessions_lost"), 1U);
  Client again(world, ada);
  EXPECT_FALSE(again.resume(slow.hello()["session_id"], slow.last_s()));
  again.start();
  EXPECT_FALSE(again.ok("message.history", {{"c", c}})["messages"].empty());
}

TEST(SlowReader, ThatAsksButDoesNotReadIsNotServedOn) {
  SignalingOptions options = generous();
  options.session.open_requests = 10'000;
  options.session.blocked = std::chrono::milliseconds(500);
  World world(options);
  const Guest ada = world.guest("Ada");
  Client writer(world, ada);
  writer.start();
  const std::string c = make_room(writer);
  send_many(writer, c, 30);
  Client slow(world, ada, true);
  slow.start();
  const std::uint64_t before = world.server().counters().at("requests");
  for (int i = 0; i < 500; ++i) {
    slow.send("message.history", {{"c", c}, {"limit", 30}});
  }
  while (!slow.next_event().is_null()) {
  }
  EXPECT_LT(world.server().counters().at("requests") - before, 500U);
  writer.ok("conversation.list", Json::object());
}

}  // namespace
}  // namespace parlance::signaling::test
