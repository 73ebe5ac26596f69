#include "sfu/packet/outbox.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace parlance::sfu {
namespace {

Path path(std::uint8_t host) {
  return {.socket = 0, .remote = SocketAddress::v4({10, 0, 0, host}, 4000)};
}

void put(Outbox& outbox, Destination& to, std::uint8_t value, std::size_t size = 3) {
  const auto slot = outbox.reserve();
  ASSERT_FALSE(slot.empty());
  std::ranges::fill(slot.first(size), value);
  outbox.send(to, size);
}

std::vector<int> values(const Outbox& outbox, const Outbox::Train& train) {
  std::vector<int> found;
  for (auto i = train.first; i != Outbox::kEnd; i = outbox.next(i)) {
    found.push_back(outbox.bytes(i)[0]);
  }
  return found;
}

TEST(Outbox, ChainsTheDatagramsOfADestinationInTheirOrder) {
  Outbox outbox(16);
  Destination a(path(1));
  Destination b(path(2));
  put(outbox, a, 1);
  put(outbox, b, 2);
  put(outbox, a, 3);
  put(outbox, b, 4);
  put(outbox, a, 5);
  ASSERT_EQ(outbox.trains().size(), 2U);
  EXPECT_EQ(outbox.trains()[0].to, path(1));
  EXPECT_EQ(outbox.trains()[0].datagrams, 3U);
  EXPECT_EQ(values(outbox, outbox.trains()[0]), (std::vector{1, 3, 5}));
  EXPECT_EQ(values(outbox, outbox.trains()[1]), (std::vector{2, 4}));
}

TEST(Outbox, BeginsNewTrainsAfterItWasCleared) {
  Outbox outbox(16);
  Destination a(path(1));
  put(outbox, a, 1);
  outbox.clear();
  EXPECT_TRUE(outbox.empty());
  put(outbox, a, 2);
  ASSERT_EQ(outbox.trains().size(), 1U);
  EXPECT_EQ(values(outbox, outbox.trains()[0]), (std::vector{2}));
  EXPECT_EQ(outbox.total_datagrams(), 2U);
  EXPECT_EQ(outbox.total_bytes(), 6U);
}

// Notes how much it was given.
class NotingRelief final : public OutboxRelief {
 public:
  void relieve(Outbox& outbox) override {
    given.push_back(outbox.size());
    outbox.clear();
  }

  std::vector<std::size_t> given;
};

TEST(Outbox, IsRelievedOnceThereIsEnoughToSend) {
  Outbox outbox(2 * Outbox::kReliefDatagrams);
  NotingRelief relief;
  outbox.set_relief(&relief);
  Destination a(path(1));
  for (std::size_t i = 1; i < Outbox::kReliefDatagrams; ++i) {
    put(outbox, a, 1);
  }
  outbox.relieve();
  EXPECT_TRUE(relief.given.empty());
  put(outbox, a, 1);
  put(outbox, a, 1);
  outbox.relieve();
  EXPECT_EQ(relief.given, std::vector{Outbox::kReliefDatagrams + 1});
  EXPECT_TRUE(outbox.empty());
}

TEST(Outbox, KeepsEverythingWhereThereIsNoRelief) {
  Outbox outbox(2 * Outbox::kReliefDatagrams);
  Destination a(path(1));
  for (std::size_t i = 0; i <= Outbox::kReliefDatagrams; ++i) {
    put(outbox, a, 1);
  }
  outbox.relieve();
  EXPECT_EQ(outbox.size(), Outbox::kReliefDatagrams + 1);
}

TEST(Outbox, TellsDestinationsOfSeveralOutboxesApart) {
  Outbox first(16);
  Outbox second(16);
  Destination a(path(1));
  Destination b(path(2));
  put(first, a, 1);
  put(second, b, 2);
  put(second, a, 3);
  ASSERT_EQ(second.trains().size(), 2U);
  EXPECT_EQ(second.trains()[1].to, path(1));
}

TEST(Outbox, RefusesAndCountsWhatDoesNotFit) {
  Outbox outbox(2);
  Destination a(path(1));
  put(outbox, a, 1);
  put(outbox, a, 2);
  EXPECT_TRUE(outbox.reserve().empty());
  EXPECT_FALSE(outbox.send_copy(a, std::vector<std::uint8_t>{1}));
  EXPECT_EQ(outbox.refused(), 2U);
  EXPECT_EQ(outbox.size(), 2U);
  EXPECT_EQ(outbox.free(), 0U);
}

TEST(Outbox, ReusesAReservationThatWasNotSent) {
  Outbox outbox(4);
  const Destination a(path(1));
  const auto first = outbox.reserve();
  const auto second = outbox.reserve();
  EXPECT_EQ(first.data(), second.data());
  EXPECT_EQ(second.size(), kMaxDatagramBytes);
}

TEST(Outbox, RefusesACopyThatIsLongerThanADatagram) {
  Outbox outbox(4);
  Destination a(path(1));
  EXPECT_FALSE(outbox.send_copy(a, std::vector<std::uint8_t>(kMaxDatagramBytes + 1)));
  EXPECT_TRUE(outbox.empty());
}

TEST(Outbox, TakesDatagramsOfIceAsASink) {
  Outbox outbox(4);
  DatagramSink& sink = outbox;
  sink.send(path(7), std::vector<std::uint8_t>{9, 9});
  ASSERT_EQ(outbox.trains().size(), 1U);
  EXPECT_EQ(outbox.trains()[0].to, path(7));
}

}  // namespace
}  // namespace parlance::sfu
