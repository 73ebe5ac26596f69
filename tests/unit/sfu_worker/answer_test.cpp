#include "sfu/worker/answer.h"

#include <optional>
#include <utility>

#include <gtest/gtest.h>

#include "tests/support/media/manual_executor.h"

namespace parlance::sfu {
namespace {

class AnswerTest : public testing::Test {
 protected:
  Answer<int> make() {
    return {executor, [this](std::expected<int, MediaError> result) {
              ++answers;
              last = result;
            }};
  }

  test::ManualExecutor executor;
  int answers = 0;
  std::optional<std::expected<int, MediaError>> last;
};

TEST_F(AnswerTest, IsGivenOnTheAskersThread) {
  auto answer = make();
  answer(7);
  EXPECT_EQ(answers, 0);
  executor.run();
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(last, 7);
}

TEST_F(AnswerTest, IsGivenOnceOnly) {
  {
    auto answer = make();
    answer(7);
    answer(8);
    const auto moved = std::move(answer);
  }
  executor.run();
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(last, 7);
}

TEST_F(AnswerTest, SaysStoppedWhenTheCommandIsDropped) {
  {
    const auto dropped = make();
  }
  executor.run();
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(last, std::unexpected(MediaError::kStopped));
}

}  // namespace
}  // namespace parlance::sfu
