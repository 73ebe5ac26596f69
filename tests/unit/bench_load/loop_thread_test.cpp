#include "bench/load/loop_thread.h"

#include <atomic>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

namespace parlance::load {
namespace {

TEST(LoopThread, DoesWorkOnItsThreadAndGivesItsResult) {
  LoopThread loop([] { std::this_thread::yield(); });
  const auto where = loop.run([] { return std::this_thread::get_id(); });
  EXPECT_NE(where, std::this_thread::get_id());
  EXPECT_EQ(loop.run([] { return std::this_thread::get_id(); }), where);
}

TEST(LoopThread, ThrowsWhatTheWorkThrowsAndLivesOn) {
  LoopThread loop([] { std::this_thread::yield(); });
  EXPECT_THROW(loop.run([] { throw std::runtime_error("refused"); }), std::runtime_error);
  EXPECT_EQ(loop.run([] { return 7; }), 7);
}

TEST(LoopThread, TakesTurnsUntilItEnds) {
  std::atomic<int> turns{0};
  {
    const LoopThread loop([&] {
      ++turns;
      turns.notify_all();
    });
    turns.wait(0);
  }
  const int at_the_end = turns;
  std::this_thread::yield();
  EXPECT_EQ(turns, at_the_end);
}

}  // namespace
}  // namespace parlance::load
