#include "sfu/forward/fan_out.h"

#include <gtest/gtest.h>

#include "tests/support/sfu/fake_ports.h"

namespace parlance::sfu {
namespace {

using namespace std::chrono_literals;

class FanOutTest : public ::testing::Test {
 protected:
  test::ForwardBench bench;
  Producer first{test::video_producer(1, 1000), 1, bench.context(), bench.publisher, bench.levels};
  Producer second{test::video_producer(2, 2000), 2, bench.context(), bench.publisher, bench.levels};
  FanOut fan_out;
};

TEST_F(FanOutTest, HasNothingDueWhileNothingWaits) {
  EXPECT_EQ(fan_out.due(kNever), nullptr);
  EXPECT_EQ(fan_out.next(), kNever);
  EXPECT_EQ(fan_out.copies(), 0U);
}

TEST_F(FanOutTest, GivesOutWhatIsDueInTheOrderOfFirstPackets) {
  fan_out.add(first, 10, bench.now + 2us);
  fan_out.add(second, 5, bench.now + 1us);
  EXPECT_EQ(fan_out.next(), bench.now + 1us);
  EXPECT_EQ(fan_out.due(bench.now), nullptr);
  EXPECT_EQ(fan_out.due(bench.now + 1us), &second);
  EXPECT_EQ(fan_out.due(bench.now + 2us), &first);
}

TEST_F(FanOutTest, KeepsTheEarliestDeadlineOfAProducer) {
  fan_out.add(first, 10, bench.now + 2us);
  fan_out.add(first, 10, bench.now + 9us);
  EXPECT_EQ(fan_out.next(), bench.now + 2us);
  fan_out.add(first, 10, bench.now);
  EXPECT_EQ(fan_out.due(bench.now), &first);
}

TEST_F(FanOutTest, CountsCopiesUntilTheProducerIsRemoved) {
  fan_out.add(first, 10, bench.now);
  fan_out.add(second, 5, bench.now);
  fan_out.add(first, 11, bench.now);
  EXPECT_EQ(fan_out.copies(), 26U);
  fan_out.remove(first);
  EXPECT_EQ(fan_out.copies(), 5U);
  EXPECT_EQ(fan_out.due(bench.now), &second);
  fan_out.remove(first);
  EXPECT_EQ(fan_out.copies(), 5U);
}

}  // namespace
}  // namespace parlance::sfu
