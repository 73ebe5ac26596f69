// A reader that does not read: it costs a cursor, loses nothing, and disturbs nobody. The kernel's
// buffers are fixed on both sides, so that what it takes for such a reader is known.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/signaling_server/world.h"

namespace parlance::signaling::test {
namespace {

// The kernel doubles what it is asked for. Everything beyond waits in the server. A receive buffer
// near the loopback's segments of 64 KiB would leave the window shut until a timer of TCP's opens
// it.
constexpr int kSendBuffer = 64 * 1024;
constexpr int kReceiveBuffer = 256 * 1024;
constexpr std::uint64_t kInTheKernel = std::uint64_t{2} * (kSendBuffer + kReceiveBuffer);
constexpr int kMessages = 100;
constexpr std::size_t kBodyBytes = 15'000;
constexpr std::uint64_t kAllBytes = kMessages * kBodyBytes;

std::string body_of(int number) {
  std::string body = std::to_string(number) + " ";
  body.resize(kBodyBytes, 'x');
  return body;
}

// Nobody is cut off unless a test wants it.
SignalingOptions patient() {
  SignalingOptions options;
  options.send_buffer_bytes = kSendBuffer;
  options.session.requests = {100'000, 100'000};
  options.session.heartbeat = std::chrono::minutes(10);
  options.session.blocked = std::chrono::minutes(10);
  options.session.log.bytes = std::size_t{64} * 1024 * 1024;
  return options;
}

class SlowReader : public testing::Test {
 protected:
  // Ada writes, Bob reads as things come, and Ada's other tab does not read.
  void open(const SignalingOptions& options) {
    world_ = std::make_unique<World>(options);
    ada_ = world_->guest("Ada");
    writer_ = std::make_unique<Client>(*world_, ada_);
    writer_->start();
    const Json made = writer_->ok("conversation.create", {{"c", c_}, {"title", "Room"}});
    bob_ = std::make_unique<Client>(*world_, world_->guest("Bob"));
    bob_->start();
    bob_->ok("invite.accept", {{"code", made["conversation"]["invite_code"]}});
    slow_ = std::make_unique<Client>(*world_, ada_, kReceiveBuffer);
    slow_->start();
  }

  // The others are answered and told at once, whatever the slow one does.
  void send_many() {
    for (int i = 0; i < kMessages; ++i) {
      writer_->ok("message.send", {{"c", c_}, {"cmid", new_id()}, {"body", body_of(i)}});
      const Json event = bob_->next_event("message.created");
      ASSERT_FALSE(event.is_null()) << "after " << i;
      ASSERT_EQ(event["d"]["message"]["body"], body_of(i));
    }
  }

  std::uint64_t count(const std::string& counter) {
    return world_->server().counters().at(counter);
  }

  // Not only until the kernel has taken what the server held back: for so many turns of its loop.
  bool stays_paused() {
    for (int turn = 0; turn < 20; ++turn) {
      if (count("connections_paused") == 0) {
        return false;
      }
      world_->http("GET", "/healthz");
    }
    return true;
  }

  // The messages that a tab gets, by their numbers, until `messages` are there or nothing comes.
  static void read(Client& client, std::size_t messages, std::vector<std::int64_t>& numbers) {
    while (numbers.size() < messages) {
      const Json event = client.next_event("message.created");
      if (event.is_null()) {
        return;
      }
      numbers.push_back(event["q"]);
    }
  }

  static void expect_all(const std::vector<std::int64_t>& numbers) {
    ASSERT_EQ(numbers.size(), static_cast<std::size_t>(kMessages));
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      ASSERT_EQ(numbers[i], static_cast<std::int64_t>(i) + 1);
    }
  }

  std::string c_ = new_id();
  std::unique_ptr<World> world_;
  Guest ada_;
  std::unique_ptr<Client> writer_;
  std::unique_ptr<Client> bob_;
  std::unique_ptr<Client> slow_;
};

TEST_F(SlowReader, GetsEverythingInOrderOnceItReads) {
  open(patient());
  const std::uint64_t before = count("bytes_out");
  send_many();
  // The two who read got everything; of the third's the server gave away what the kernel takes.
  EXPECT_GT(count("bytes_out") - before, 2 * kAllBytes);
  EXPECT_LT(count("bytes_out") - before, 5 * kAllBytes / 2 + kInTheKernel);
  std::vector<std::int64_t> numbers;
  read(*slow_, kMessages, numbers);
  expect_all(numbers);
  EXPECT_EQ(count("connections_too_slow"), 0U);
}

TEST_F(SlowReader, IsCutOffWhenAFrameDoesNotGetOutAndResumes) {
  SignalingOptions options = patient();
  options.session.blocked = std::chrono::seconds(1);
  open(options);
  send_many();
  ASSERT_TRUE(world_->counted("connections_too_slow", 1));
  std::vector<std::int64_t> numbers;
  read(*slow_, kMessages, numbers);
  EXPECT_LT(numbers.size(), static_cast<std::size_t>(kMessages));
  EXPECT_EQ(slow_->socket().close_code(), std::nullopt) << "the cut is inside of a frame";
  Client again(*world_, ada_);
  ASSERT_TRUE(again.resume(slow_->hello()["session_id"], slow_->last_s()));
  read(again, kMessages, numbers);
  expect_all(numbers);
  EXPECT_EQ(count("sessions_lost"), 0U);
}

TEST_F(SlowReader, LosesItsSessionWhenItsLogRunsFull) {
  SignalingOptions options = patient();
  options.session.log.events = 30;
  open(options);
  send_many();
  ASSERT_TRUE(world_->counted("sessions_lost", 1));
  std::vector<std::int64_t> numbers;
  read(*slow_, kMessages, numbers);
  EXPECT_EQ(slow_->socket().close_code(), std::nullopt);
  Client again(*world_, ada_);
  EXPECT_FALSE(again.resume(slow_->hello()["session_id"], slow_->last_s()));
  again.start();
  const Json page = again.ok("sync", {{"cursors", {{{"c", c_}, {"r", 0}}}}});
  EXPECT_FALSE(page["events"].empty());
}

// Questions of one frame are answered all: nothing can be paused between them.
TEST_F(SlowReader, IsCutOffWhenItsAnswersPileUp) {
  SignalingOptions options = patient();
  options.session.outgoing.bytes = std::size_t{512} * 1024;
  open(options);
  send_many();
  std::vector<std::int64_t> numbers;
  read(*slow_, kMessages, numbers);
  std::string frame;
  constexpr int kQuestions = 50;  // answered by 60,000 bytes each
  for (int id = 1000; id < 1000 + kQuestions; ++id) {
    frame += Json({{"id", id}, {"op", "message.history"}, {"d", {{"c", c_}}}}).dump() + "\n";
  }
  slow_->socket().send_text(frame);
  ASSERT_TRUE(world_->counted("connections_too_slow", 1));
  EXPECT_EQ(count("sessions_lost"), 0U);
  Client again(*world_, ada_);
  EXPECT_TRUE(again.resume(slow_->hello()["session_id"], slow_->last_s()));
}

TEST_F(SlowReader, ThatAsksButDoesNotReadIsServedAgainOnceItReads) {
  SignalingOptions options = patient();
  options.threads = 1;  // else a request may pass while one thread tells the other to pause
  open(options);
  send_many();
  std::vector<std::int64_t> numbers;
  read(*slow_, kMessages, numbers);
  expect_all(numbers);
  // An answer is a page of 60,000 bytes. One question after the other, until the server asks no
  // more.
  std::vector<std::uint32_t> questions;
  while (!stays_paused()) {
    ASSERT_LT(questions.size(), 100U) << "the server goes on reading";
    const std::uint64_t before = count("requests");
    questions.push_back(slow_->send("message.history", {{"c", c_}}));
    while (count("requests") == before && count("connections_paused") == 0) {
      world_->http("GET", "/healthz");
    }
  }
  const std::uint64_t served = count("requests");
  for (int i = 0; i < 10; ++i) {
    questions.push_back(slow_->send("message.history", {{"c", c_}}));
  }
  bob_->ok("conversation.list", Json::object());
  EXPECT_EQ(count("requests"), served + 1) << "Bob's";
  for (const std::uint32_t question : questions) {
    ASSERT_FALSE(slow_->answer_to(question)["ok"]["messages"].empty());
  }
  EXPECT_EQ(count("connections_paused"), 0U);
  EXPECT_EQ(count("connections_too_slow"), 0U);
}

}  // namespace
}  // namespace parlance::signaling::test
