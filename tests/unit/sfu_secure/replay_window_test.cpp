#include "sfu/secure/replay_window.h"

#include <gtest/gtest.h>

namespace parlance::sfu {
namespace {

using Window = ReplayWindow<64>;

TEST(ReplayWindow, TakesEverythingOnce) {
  Window window;
  for (const std::uint64_t index : {100U, 103U, 101U, 102U, 40U + 63U + 1U}) {
    EXPECT_FALSE(window.refuses(index)) << index;
    window.add(index);
    EXPECT_TRUE(window.refuses(index)) << index;
  }
}

TEST(ReplayWindow, RefusesWhatIsTooOldToTell) {
  Window window;
  window.add(1'000);
  EXPECT_FALSE(window.refuses(1'000 - 63));
  EXPECT_TRUE(window.refuses(1'000 - 64));
  EXPECT_FALSE(window.refuses(1'001));
}

TEST(ReplayWindow, ForgetsWhatAJumpLeavesBehind) {
  Window window;
  for (std::uint64_t index = 0; index < 64; ++index) {
    window.add(index);
  }
  window.add(63 + 64);
  for (std::uint64_t index = 64; index < 63 + 64; ++index) {
    EXPECT_FALSE(window.refuses(index)) << index;
  }
  window.add(1'000'000);
  EXPECT_FALSE(window.refuses(999'999));
  EXPECT_TRUE(window.refuses(63 + 64));
}

}  // namespace
}  // namespace parlance::sfu
