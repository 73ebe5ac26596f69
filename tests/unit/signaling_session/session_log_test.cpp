#include "signaling/session/session_log.h"

#include <gtest/gtest.h>

namespace parlance::signaling {
namespace {

EventPtr event(std::string tail) {
  return std::make_shared<const SharedEvent>(SharedEvent{EventClass::kReliable, std::move(tail)});
}

TEST(SessionLog, NumbersDenselyFromOne) {
  SessionLog log;
  EXPECT_EQ(log.last(), 0U);
  EXPECT_TRUE(log.append(event("a"), 0));
  EXPECT_TRUE(log.append(event("b"), 0));
  EXPECT_EQ(log.last(), 2U);
  EXPECT_EQ(log.at(1).tail, "a");
  EXPECT_EQ(log.at(2).tail, "b");
}

TEST(SessionLog, ContinuesOnlyWhereNothingIsMissing) {
  SessionLog log({2, 1000});
  EXPECT_TRUE(log.can_continue_after(0));
  for (std::uint64_t s = 1; s <= 4; ++s) {
    ASSERT_TRUE(log.append(event("x"), s - 1));
  }
  EXPECT_FALSE(log.can_continue_after(1));
  EXPECT_TRUE(log.can_continue_after(2));
  EXPECT_TRUE(log.can_continue_after(4));
  EXPECT_FALSE(log.can_continue_after(5));
}

TEST(SessionLog, AnAcknowledgementFreesUpToItsNumber) {
  SessionLog log;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(log.append(event("x"), 0));
  }
  log.acknowledge(2, 3);
  EXPECT_EQ(log.size(), 1U);
  EXPECT_EQ(log.last(), 3U);
  EXPECT_FALSE(log.can_continue_after(1));
  EXPECT_TRUE(log.can_continue_after(2));
}

TEST(SessionLog, AnAcknowledgementOfWhatWasNotSentIsIgnored) {
  SessionLog log;
  ASSERT_TRUE(log.append(event("x"), 0));
  log.acknowledge(1, 0);
  EXPECT_EQ(log.size(), 1U);
}

TEST(SessionLog, WhenFullWhatWasSentGivesWay) {
  SessionLog log({3, 1000});
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(log.append(event("x"), 0));
  }
  EXPECT_FALSE(log.append(event("y"), 0));
  EXPECT_TRUE(log.append(event("y"), 1));
  EXPECT_EQ(log.size(), 3U);
  EXPECT_EQ(log.last(), 4U);
}

TEST(SessionLog, CountsBytes) {
  SessionLog log({100, 10});
  ASSERT_TRUE(log.append(event("12345678"), 0));
  EXPECT_FALSE(log.append(event("123"), 0));
  EXPECT_TRUE(log.append(event("12"), 0));
  log.acknowledge(1, 2);
  EXPECT_TRUE(log.append(event("12345678"), 1));
}

}  // namespace
}  // namespace parlance::signaling
