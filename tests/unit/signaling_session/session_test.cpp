#include "signaling/session/session.h"

#include <gtest/gtest.h>

namespace parlance::signaling {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const chat::Identity kAda{chat::UserId::parse("0191c1a6-7b5d-7c61-9b5e-000000000001").value(),
                          chat::DeviceId::parse("0191c1a6-7b5d-7c61-9b5e-00000000000a").value(),
                          "Ada"};

EventPtr event(std::string tail, EventClass event_class = EventClass::kReliable) {
  return std::make_shared<const SharedEvent>(SharedEvent{event_class, std::move(tail)});
}

SessionLimits small() {
  SessionLimits limits;
  limits.open_requests = 2;
  limits.refusals_per_minute = 3;
  limits.requests = {10, 5};
  limits.log = {4, 1000};
  return limits;
}

class SessionTest : public testing::Test {
 protected:
  SessionTest() { session_.attach(now_); }

  std::string frame() {
    std::string text;
    if (!session_.next_frame(now_, text)) {
      return "(nothing)";
    }
    session_.on_written();
    return text;
  }

  SessionLimits limits_ = small();
  Timestamp now_{seconds(1000)};
  Session session_{SessionKey{1}, kAda, limits_, now_};
};

TEST_F(SessionTest, SaysWhatItIsTold) {
  ASSERT_TRUE(session_.deliver(event("\"ev\":\"a\"}")));
  session_.say("{x}");
  EXPECT_EQ(frame(), "{\"s\":1,\"ev\":\"a\"}\n{x}");
}

TEST_F(SessionTest, WritesOneFrameAtATime) {
  session_.say("{x}");
  std::string text;
  ASSERT_TRUE(session_.next_frame(now_, text));
  session_.say("{y}");
  EXPECT_FALSE(session_.next_frame(now_, text));
  session_.on_written();
  EXPECT_TRUE(session_.next_frame(now_, text));
}

TEST_F(SessionTest, ResumesWithoutLossOrDouble) {
  ASSERT_TRUE(session_.deliver(event("a}")));
  frame();
  ASSERT_TRUE(session_.deliver(event("b}")));
  session_.detach(now_);
  ASSERT_TRUE(session_.deliver(event("c}")));
  ASSERT_FALSE(session_.refuses_to_resume(kAda, 1));
  session_.attach(now_);
  session_.resume(1, "{ok}", "{resumed}");
  EXPECT_EQ(frame(), "{ok}\n{\"s\":2,b}\n{\"s\":3,c}\n{resumed}");
}

TEST_F(SessionTest, IsNobodyElsesToResume) {
  chat::Identity other = kAda;
  other.device = chat::DeviceId{};
  EXPECT_TRUE(session_.refuses_to_resume(other, 0));
  other = kAda;
  other.user = chat::UserId{};
  EXPECT_TRUE(session_.refuses_to_resume(other, 0));
}

TEST_F(SessionTest, RefusesToResumeWhereEventsAreGone) {
  session_.detach(now_);
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(session_.deliver(event("x}")));
  }
  EXPECT_TRUE(session_.refuses_to_resume(kAda, 0));
  EXPECT_TRUE(session_.refuses_to_resume(kAda, 7));
  EXPECT_FALSE(session_.refuses_to_resume(kAda, 2));
}

TEST_F(SessionTest, IsLostWhenItsReaderStaysTooFarBehind) {
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(session_.deliver(event("x}")));
  }
  EXPECT_FALSE(session_.deliver(event("x}")));
}

TEST_F(SessionTest, KeepsNoEphemeralEventForLater) {
  session_.detach(now_);
  ASSERT_TRUE(session_.deliver(event("typing}", EventClass::kEphemeral)));
  session_.attach(now_);
  session_.resume(0, "{ok}", "{resumed}");
  EXPECT_EQ(frame(), "{ok}\n{resumed}");
}

TEST_F(SessionTest, QueuesNothingWhileNobodyReads) {
  session_.detach(now_);
  for (std::size_t i = 0; i <= limits_.outgoing.items; ++i) {
    session_.say("{x}");
    ASSERT_TRUE(session_.deliver(event("typing}", EventClass::kEphemeral)));
  }
  EXPECT_FALSE(session_.congested());
  EXPECT_FALSE(session_.overflowed());
}

TEST_F(SessionTest, ANewConnectionIsNotHeldToTheOldOnesRequests) {
  while (session_.admit(now_) == Admission::kGranted) {
  }
  now_ += seconds(1);
  session_.detach(now_);
  session_.attach(now_);
  EXPECT_EQ(session_.admit(now_), Admission::kGranted);
  EXPECT_EQ(session_.admit(now_), Admission::kGranted);
}

TEST_F(SessionTest, AnAnswerToAnEarlierConnectionIsForgotten) {
  const Epoch epoch = session_.epoch();
  session_.detach(now_);
  session_.answer(epoch, "{before}");
  session_.attach(now_);
  session_.answer(epoch, "{late}");
  EXPECT_EQ(frame(), "(nothing)");
  session_.answer(session_.epoch(), "{now}");
  EXPECT_EQ(frame(), "{now}");
}

TEST_F(SessionTest, LimitsOpenRequests) {
  EXPECT_EQ(session_.admit(now_), Admission::kGranted);
  EXPECT_EQ(session_.admit(now_), Admission::kGranted);
  EXPECT_EQ(session_.admit(now_), Admission::kTooMany);
  session_.answer(session_.epoch(), "{}");
  EXPECT_EQ(session_.admit(now_), Admission::kGranted);
}

TEST_F(SessionTest, LimitsTheRateAndThenThePatience) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(session_.admit(now_), Admission::kGranted);
    session_.finish(session_.epoch());
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(session_.admit(now_), Admission::kTooMany);
  }
  EXPECT_EQ(session_.retry_after_ms(), 100U);
  EXPECT_EQ(session_.admit(now_), Admission::kTooManyRefusals);
  now_ += milliseconds(100);
  EXPECT_EQ(session_.admit(now_), Admission::kGranted);
}

TEST_F(SessionTest, ForgetsRefusalsAfterAMinute) {
  const auto refuse = [this] {
    while (session_.admit(now_) == Admission::kGranted) {
    }
    session_.admit(now_);
  };
  refuse();
  now_ += seconds(61);
  refuse();
  EXPECT_EQ(session_.admit(now_), Admission::kTooMany);
  EXPECT_EQ(session_.admit(now_), Admission::kTooManyRefusals);
}

TEST_F(SessionTest, ClosesAfterSilence) {
  now_ += seconds(30);
  EXPECT_EQ(session_.tick(now_), Session::Verdict::kNothing);
  session_.on_received(now_);
  now_ += seconds(32);
  EXPECT_EQ(session_.tick(now_), Session::Verdict::kNothing);
  now_ += seconds(1);
  EXPECT_EQ(session_.tick(now_), Session::Verdict::kNoHeartbeat);
}

TEST_F(SessionTest, ClosesWhenAFrameDoesNotGetOut) {
  session_.say("{x}");
  std::string text;
  ASSERT_TRUE(session_.next_frame(now_, text));
  now_ += seconds(15);
  EXPECT_EQ(session_.tick(now_), Session::Verdict::kTooSlow);
}

TEST_F(SessionTest, ExpiresWhenItsClientStaysAway) {
  session_.detach(now_);
  EXPECT_EQ(session_.next_timeout(), now_ + seconds(300));
  now_ += seconds(300);
  EXPECT_EQ(session_.tick(now_), Session::Verdict::kExpired);
}

TEST_F(SessionTest, DoesNotExpireOnceItsClientIsBack) {
  session_.detach(now_);
  now_ += seconds(299);
  session_.attach(now_);
  EXPECT_EQ(session_.next_timeout(), now_ + limits_.heartbeat + limits_.grace);
  now_ += seconds(1);
  EXPECT_EQ(session_.tick(now_), Session::Verdict::kNothing);
}

}  // namespace
}  // namespace parlance::signaling
