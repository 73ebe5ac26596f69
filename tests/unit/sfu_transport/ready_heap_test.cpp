#include "sfu/transport/ready_heap.h"

#include <memory>
#include <random>
#include <set>

#include <gtest/gtest.h>

namespace parlance::sfu {
namespace {

using namespace std::chrono_literals;

class Owner final : public TimedOwner {
 public:
  void on_timeout(Timestamp, Outbox&) override {}

  void on_bug() noexcept override {}
};

constexpr Timestamp kNow{1000s};

TEST(ReadyHeap, GivesTheMostOverdueFirstAndNothingEarly) {
  ReadyHeap heap;
  Owner a;
  Owner b;
  Owner c;
  heap.schedule(a, kNow + 3ms);
  heap.schedule(b, kNow + 1ms);
  heap.schedule(c, kNow + 2ms);
  EXPECT_EQ(heap.next(), kNow + 1ms);
  EXPECT_EQ(heap.pop_due(kNow), nullptr);
  EXPECT_EQ(heap.pop_due(kNow + 2ms), &b);
  EXPECT_EQ(heap.pop_due(kNow + 2ms), &c);
  EXPECT_EQ(heap.pop_due(kNow + 2ms), nullptr);
  EXPECT_EQ(heap.next(), kNow + 3ms);
}

TEST(ReadyHeap, KeepsOneDeadlinePerOwner) {
  ReadyHeap heap;
  Owner a;
  heap.schedule(a, kNow + 9ms);
  heap.schedule(a, kNow + 1ms);
  EXPECT_EQ(heap.next(), kNow + 1ms);
  heap.schedule(a, kNow + 5ms);
  EXPECT_EQ(heap.next(), kNow + 5ms);
  heap.schedule(a, kNever);
  EXPECT_EQ(heap.next(), kNever);
  EXPECT_EQ(heap.pop_due(kNever), nullptr);
}

TEST(ReadyHeap, IsLeftByAnOwnerThatGoes) {
  ReadyHeap heap;
  Owner stays;
  auto goes = std::make_unique<Owner>();
  heap.schedule(*goes, kNow + 1ms);
  heap.schedule(stays, kNow + 2ms);
  goes.reset();
  EXPECT_EQ(heap.next(), kNow + 2ms);
  EXPECT_EQ(heap.pop_due(kNow + 2ms), &stays);
}

TEST(ReadyHeap, MayGoBeforeItsOwners) {
  Owner owner;
  {
    ReadyHeap heap;
    heap.schedule(owner, kNow);
  }
  ReadyHeap other;
  other.schedule(owner, kNow);
  EXPECT_EQ(other.pop_due(kNow), &owner);
}

TEST(ReadyHeap, AgreesWithASortedSetUnderRandomUse) {
  std::mt19937 random(7);
  ReadyHeap heap;
  std::vector<std::unique_ptr<Owner>> owners;
  for (int i = 0; i < 40; ++i) {
    owners.push_back(std::make_unique<Owner>());
  }
  std::vector<Timestamp> due(owners.size(), kNever);
  for (int round = 0; round < 20'000; ++round) {
    const std::size_t at = random() % owners.size();
    due[at] = random() % 4 == 0 ? kNever : kNow + Duration(random() % 1000);
    heap.schedule(*owners[at], due[at]);
    const Timestamp earliest = std::ranges::min(due);
    ASSERT_EQ(heap.next(), earliest) << "round " << round;
    if (random() % 3 == 0 && earliest != kNever) {
      const TimedOwner* popped = heap.pop_due(earliest);
      const auto found =
          std::ranges::find_if(owners, [&](const auto& owner) { return owner.get() == popped; });
      ASSERT_NE(found, owners.end());
      const auto index = static_cast<std::size_t>(found - owners.begin());
      ASSERT_EQ(due[index], earliest);
      due[index] = kNever;
    }
  }
}

}  // namespace
}  // namespace parlance::sfu
