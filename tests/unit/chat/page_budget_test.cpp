#include "chat/service/page_budget.h"

#include <gtest/gtest.h>

namespace parlance::chat {
namespace {

TEST(PageBudget, TakesAsManyEntriesAsAskedAndOneAtLeast) {
  PageBudget two(2);
  EXPECT_TRUE(two.take(1));
  EXPECT_TRUE(two.take(1));
  EXPECT_FALSE(two.take(0));
  EXPECT_EQ(PageBudget(0).entries(), 1U);
  EXPECT_EQ(PageBudget(kMaxPage + 1).entries(), kMaxPage);
}

TEST(PageBudget, TakesTheFirstEntryWhateverItsSize) {
  PageBudget budget(5);
  EXPECT_TRUE(budget.take(kMaxPageBytes * 2));
  EXPECT_FALSE(budget.take(1));
}

TEST(PageBudget, TakesNothingAfterAnEntryThatDidNotFit) {
  PageBudget budget(5);
  EXPECT_TRUE(budget.take(kMaxPageBytes - 1));
  EXPECT_FALSE(budget.take(2));
  EXPECT_FALSE(budget.take(1));
  EXPECT_EQ(budget.entries(), 0U);
}

}  // namespace
}  // namespace parlance::chat
