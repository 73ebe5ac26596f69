#include "sfu/forward/pipe.h"

#include <algorithm>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/sfu/media_samples.h"

namespace parlance::sfu {
namespace {

constexpr std::size_t kSmall = 8192;

PipeMessage message(std::uint8_t producer, PipeMessage::Kind kind = PipeMessage::Kind::kPacket) {
  return {.kind = kind,
          .router = test::id_of<RouterId>(9),
          .producer = test::id_of<ProducerId>(producer)};
}

std::vector<std::uint8_t> body_of(std::size_t size, std::uint8_t first) {
  std::vector<std::uint8_t> body(size);
  std::ranges::generate(body, [next = first]() mutable { return next++; });
  return body;
}

TEST(Pipe, GivesMessagesInOrderOnceTheyArePublished) {
  Pipe pipe;
  ASSERT_TRUE(pipe.write(message(1), body_of(100, 7)));
  ASSERT_TRUE(pipe.write(message(2, PipeMessage::Kind::kSubscribe)));
  EXPECT_FALSE(pipe.front());
  EXPECT_TRUE(pipe.publish());
  const auto first = pipe.front();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->message.router, test::id_of<RouterId>(9));
  EXPECT_EQ(first->message.producer, test::id_of<ProducerId>(1));
  EXPECT_TRUE(std::ranges::equal(first->body, body_of(100, 7)));
  pipe.pop();
  const auto second = pipe.front();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->message.kind, PipeMessage::Kind::kSubscribe);
  EXPECT_TRUE(second->body.empty());
  pipe.pop();
  EXPECT_FALSE(pipe.front());
}

TEST(Pipe, WakesItsReaderOnceUntilThatLooks) {
  Pipe pipe;
  EXPECT_FALSE(pipe.publish()) << "nothing was written";
  pipe.write(message(1));
  EXPECT_TRUE(pipe.publish());
  pipe.write(message(1));
  EXPECT_FALSE(pipe.publish());
  pipe.acknowledge_wake_up();
  pipe.write(message(1));
  EXPECT_TRUE(pipe.publish());
}

TEST(Pipe, RefusesWhatDoesNotFitAndTakesItOnceThereIsRoom) {
  Pipe pipe(kSmall);
  std::uint8_t written = 0;
  while (pipe.write(message(written), body_of(1200, written))) {
    ++written;
  }
  EXPECT_GE(written, 4);
  pipe.publish();
  pipe.pop();
  EXPECT_TRUE(pipe.write(message(written), body_of(1200, written)));
}

TEST(Pipe, HasRoomForAsMuchAsItSays) {
  Pipe pipe(kSmall);
  for (int round = 0; round < 100; ++round) {
    while (pipe.free() >= 1600) {
      ASSERT_TRUE(pipe.write(message(1), body_of(kMaxDatagramBytes, 1)));
    }
    pipe.publish();
    pipe.pop();
  }
}

TEST(Pipe, LosesNothingBetweenTwoThreads) {
  constexpr std::uint32_t kMessages = 10'000;
  Pipe pipe(kSmall);
  std::thread writer([&] {
    for (std::uint32_t i = 0; i < kMessages; ++i) {
      while (!pipe.write(message(static_cast<std::uint8_t>(i)),
                         body_of(i % 1500, static_cast<std::uint8_t>(i)))) {
        pipe.publish();
        std::this_thread::yield();
      }
      if (i % 3 == 0) {
        pipe.publish();
      }
    }
    pipe.publish();
  });
  for (std::uint32_t i = 0; i < kMessages; ++i) {
    auto entry = pipe.front();
    while (!entry) {
      std::this_thread::yield();
      entry = pipe.front();
    }
    ASSERT_EQ(entry->message.producer, test::id_of<ProducerId>(static_cast<std::uint8_t>(i)));
    ASSERT_TRUE(std::ranges::equal(entry->body, body_of(i % 1500, static_cast<std::uint8_t>(i))));
    pipe.pop();
  }
  writer.join();
}

}  // namespace
}  // namespace parlance::sfu
