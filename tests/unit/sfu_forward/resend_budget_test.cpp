#include "sfu/forward/resend_budget.h"

#include <gtest/gtest.h>

namespace parlance::sfu {
namespace {

std::uint64_t take_all(ResendBudget& budget) {
  std::uint64_t taken = 0;
  while (budget.take()) {
    ++taken;
  }
  return taken;
}

TEST(ResendBudget, BeginsFull) {
  ResendBudget budget;
  EXPECT_EQ(take_all(budget), ResendBudget::kMaxSaved);
}

TEST(ResendBudget, EarnsOneRequestWithEveryPacket) {
  ResendBudget budget;
  budget.earn(100);
  take_all(budget);
  budget.earn(100);
  EXPECT_FALSE(budget.take()) << "what was counted before";
  budget.earn(107);
  EXPECT_EQ(take_all(budget), 7U);
}

TEST(ResendBudget, SavesNoMoreThanItsLimit) {
  ResendBudget budget;
  budget.earn(1'000'000'000'000);
  EXPECT_EQ(take_all(budget), ResendBudget::kMaxSaved);
}

}  // namespace
}  // namespace parlance::sfu
