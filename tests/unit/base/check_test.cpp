#include "base/check.h"

#include <gtest/gtest.h>

namespace parlance {
namespace {

TEST(Check, PassesWhatHolds) {
  EXPECT_NO_THROW(CHECK(1 + 1 == 2));
}

#ifdef NDEBUG
TEST(Check, ThrowsABugInReleaseThatNamesExpressionAndPlace) {
  try {
    CHECK(1 == 2);
    FAIL() << "the check let it pass";
  } catch (const Bug& bug) {
    EXPECT_NE(std::string(bug.what()).find("1 == 2"), std::string::npos);
    EXPECT_NE(std::string(bug.what()).find("check_test.cpp"), std::string::npos);
  }
}
#else
TEST(CheckDeathTest, AbortsInDebugAndNamesTheExpression) {
  EXPECT_DEATH(CHECK(1 == 2), "CHECK failed: 1 == 2");
}
#endif

}  // namespace
}  // namespace parlance
