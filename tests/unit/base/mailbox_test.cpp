#include "base/mailbox.h"

#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace parlance {
namespace {

TEST(Mailbox, GivesBackWhatWasPostedInOrder) {
  Mailbox<int> mailbox(4);
  mailbox.post(1);
  mailbox.post(2);
  EXPECT_EQ(mailbox.take(), 1);
  EXPECT_EQ(mailbox.take(), 2);
  EXPECT_EQ(mailbox.take(), std::nullopt);
}

TEST(Mailbox, RefusesWhenFullAndLeavesTheValueWithTheSender) {
  Mailbox<std::unique_ptr<int>> mailbox(2);
  mailbox.post(std::make_unique<int>(1));
  mailbox.post(std::make_unique<int>(2));
  auto third = std::make_unique<int>(3);
  EXPECT_EQ(mailbox.post(std::move(third)), Mailbox<std::unique_ptr<int>>::Posted::kFull);
  ASSERT_NE(third, nullptr);
  mailbox.take();
  EXPECT_NE(mailbox.post(std::move(third)), Mailbox<std::unique_ptr<int>>::Posted::kFull);
}

TEST(Mailbox, AsksForOneWakeUpUntilTheTakerAcknowledges) {
  Mailbox<int> mailbox(8);
  EXPECT_EQ(mailbox.post(1), Mailbox<int>::Posted::kWakeUp);
  EXPECT_EQ(mailbox.post(2), Mailbox<int>::Posted::kQueued);
  mailbox.acknowledge_wake_up();
  EXPECT_EQ(mailbox.post(3), Mailbox<int>::Posted::kWakeUp);
}

TEST(Mailbox, FreesAValueWhenItIsTaken) {
  Mailbox<std::shared_ptr<int>> mailbox(2);
  const auto value = std::make_shared<int>(7);
  mailbox.post(std::shared_ptr<int>(value));
  mailbox.take();
  EXPECT_EQ(value.use_count(), 1);
}

TEST(Mailbox, LosesNothingAmongSeveralProducersAndKeepsEachOnesOrder) {
  constexpr int kProducers = 3;
  constexpr int kEach = 20'000;
  Mailbox<int> mailbox(64);
  std::vector<std::thread> producers;
  for (int p = 0; p < kProducers; ++p) {
    producers.emplace_back([&mailbox, p] {
      for (int i = 0; i < kEach; ++i) {
        while (mailbox.post(p * kEach + i) == Mailbox<int>::Posted::kFull) {
          std::this_thread::yield();
        }
      }
    });
  }
  std::vector<int> next(kProducers, 0);
  for (int taken = 0; taken < kProducers * kEach;) {
    if (const auto value = mailbox.take()) {
      const auto producer = static_cast<std::size_t>(*value / kEach);
      ASSERT_EQ(*value % kEach, next[producer]++);
      ++taken;
    } else {
      mailbox.acknowledge_wake_up();
      std::this_thread::yield();
    }
  }
  for (auto& producer : producers) {
    producer.join();
  }
}

}  // namespace
}  // namespace parlance
