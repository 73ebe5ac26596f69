#include "signaling/session/outgoing.h"

#include <gtest/gtest.h>

namespace parlance::signaling {
namespace {

EventPtr event(std::string tail, EventClass event_class = EventClass::kReliable) {
  return std::make_shared<const SharedEvent>(SharedEvent{event_class, std::move(tail)});
}

class OutgoingTest : public testing::Test {
 protected:
  void happen(const std::string& ev) {
    ASSERT_TRUE(log_.append(event("\"ev\":\"" + ev + "\"}"), out_.sent()));
  }

  bool hint(std::string tail) {
    return out_.push_ephemeral(*event(std::move(tail), EventClass::kEphemeral), log_);
  }

  std::string frame() {
    std::string text;
    return out_.next_frame(log_, text) ? text : "(nothing)";
  }

  SessionLog log_;
  Outgoing out_{{1000, 10, 60}};
};

TEST_F(OutgoingTest, AnswersAndEventsGoOutInTheOrderTheyHappened) {
  happen("a");
  out_.push("{1}", log_);
  happen("b");
  EXPECT_EQ(frame(), "{\"s\":1,\"ev\":\"a\"}\n{1}\n{\"s\":2,\"ev\":\"b\"}");
  EXPECT_EQ(frame(), "(nothing)");
  EXPECT_TRUE(out_.empty(log_));
}

TEST_F(OutgoingTest, FramesAreJoinedUpToTheirSize) {
  out_.push(std::string(40, 'x'), log_);
  out_.push(std::string(40, 'y'), log_);
  out_.push(std::string(200, 'z'), log_);
  EXPECT_EQ(frame(), std::string(40, 'x'));
  EXPECT_EQ(frame(), std::string(40, 'y'));
  EXPECT_EQ(frame(), std::string(200, 'z'));
}

TEST_F(OutgoingTest, AnEphemeralEventHasNoNumber) {
  EXPECT_TRUE(hint("\"ev\":\"typing\"}"));
  EXPECT_EQ(frame(), "{\"ev\":\"typing\"}");
}

TEST_F(OutgoingTest, AboveHalfEphemeralEventsAreDroppedTheQueuedOnesToo) {
  EXPECT_TRUE(hint("old"));
  for (int i = 0; i < 6; ++i) {
    out_.push("answer", log_);
  }
  EXPECT_TRUE(out_.congested());
  // It went when the answers had piled up, not only when the next one was refused.
  EXPECT_EQ(frame().find("old"), std::string::npos);
}

TEST_F(OutgoingTest, ANewEphemeralEventIsRefusedWhileItIsCongested) {
  for (int i = 0; i < 6; ++i) {
    out_.push("answer", log_);
  }
  EXPECT_FALSE(hint("new"));
  EXPECT_EQ(frame().find("new"), std::string::npos);
}

TEST_F(OutgoingTest, IsCongestedByHalfItsBytesOrByAnAbsoluteNumber) {
  out_.push(std::string(500, 'x'), log_);
  EXPECT_FALSE(out_.congested());
  out_.push("x", log_);
  EXPECT_TRUE(out_.congested());
  Outgoing large{{1000, 10, 60, 100}};
  large.push(std::string(101, 'x'), log_);
  EXPECT_TRUE(large.congested());
  std::string text;
  EXPECT_TRUE(large.next_frame(log_, text));
  EXPECT_FALSE(large.congested());
}

TEST_F(OutgoingTest, ALongLogDropsEphemeralEventsAndCostsNoQueue) {
  for (int i = 0; i < 100; ++i) {
    happen("x");
  }
  EXPECT_FALSE(out_.congested());
  EXPECT_FALSE(out_.overflowed());
  EXPECT_FALSE(hint("new"));
}

TEST_F(OutgoingTest, TooManyUnreadAnswersOverflow) {
  out_.push(std::string(1000, 'x'), log_);
  EXPECT_FALSE(out_.overflowed());
  out_.push("x", log_);
  EXPECT_TRUE(out_.overflowed());
}

TEST_F(OutgoingTest, TooManySmallAnswersOverflow) {
  for (int i = 0; i < 10; ++i) {
    out_.push("x", log_);
  }
  EXPECT_FALSE(out_.overflowed());
  out_.push("x", log_);
  EXPECT_TRUE(out_.overflowed());
}

TEST_F(OutgoingTest, ANewConnectionStartsWithAnEmptyQueue) {
  out_.push(std::string(1001, 'x'), log_);
  out_.restart_after(log_.last());
  EXPECT_FALSE(out_.overflowed());
  EXPECT_FALSE(out_.congested());
  EXPECT_EQ(frame(), "(nothing)");
}

TEST_F(OutgoingTest, ANewConnectionContinuesFromTheLog) {
  happen("a");
  happen("b");
  frame();
  out_.push("{lost}", log_);
  happen("c");
  out_.resume_after(1, "{ok}", "{resumed}", log_);
  std::string all;
  for (std::string text = frame(); text != "(nothing)"; text = frame()) {
    all += text + "\n";
  }
  EXPECT_EQ(all, "{ok}\n{\"s\":2,\"ev\":\"b\"}\n{\"s\":3,\"ev\":\"c\"}\n{resumed}\n");
}

}  // namespace
}  // namespace parlance::signaling
