#include "base/timer_slots.h"

#include <gtest/gtest.h>

namespace parlance {
namespace {

enum class Slot : std::uint8_t { kNack, kReport, kCount };

constexpr Timestamp at(int microseconds) {
  return Timestamp(Duration(microseconds));
}

TEST(TimerSlots, KnowTheEarliestDeadline) {
  TimerSlots<Slot> timers;
  EXPECT_EQ(timers.next_timeout(), kNever);
  timers.arm(Slot::kReport, at(20));
  timers.arm(Slot::kNack, at(30));
  EXPECT_EQ(timers.next_timeout(), at(20));
  timers.disarm(Slot::kReport);
  EXPECT_EQ(timers.next_timeout(), at(30));
}

TEST(TimerSlots, HandOutEachDueSlotOnce) {
  TimerSlots<Slot> timers;
  timers.arm(Slot::kReport, at(20));
  timers.arm(Slot::kNack, at(10));
  EXPECT_EQ(timers.pop_due(at(9)), std::nullopt);
  EXPECT_EQ(timers.pop_due(at(25)), Slot::kNack);
  EXPECT_EQ(timers.pop_due(at(25)), Slot::kReport);
  EXPECT_EQ(timers.pop_due(at(25)), std::nullopt);
  EXPECT_FALSE(timers.armed(Slot::kNack));
}

}  // namespace
}  // namespace parlance
