#include "signaling/call/call_service.h"

#include <gtest/gtest.h>

#include "tests/support/call/call_world.h"

namespace parlance::signaling {
namespace {

using test::CallWorld;

TEST(CallService, MediaOperationsNeedACallThatTheSessionIsIn) {
  CallWorld world;
  const auto transport = test::numbered_id<sfu::TransportId>(9, 9);
  EXPECT_EQ(world.connect(1, transport).error(), CallError::kNotJoined);
  ASSERT_TRUE(world.join(1));
  const Caller stranger = CallWorld::person(2);
  EXPECT_EQ(world.connect(2, transport).error(), CallError::kNotJoined);
  EXPECT_EQ(world
                .ask<sfu::IceParameters>(
                    &CallService::restart_transport, stranger, world.conversation, transport)
                .error(),
            CallError::kNotJoined);
  EXPECT_EQ(
      world.ask<sfu::Stats>(&CallService::transport_stats, stranger, world.conversation, transport)
          .error(),
      CallError::kNotJoined);
  EXPECT_EQ(world.produce(2, world.camera(1, CallWorld::producer(1))).error(),
            CallError::kNotJoined);
}

TEST(CallService, OnlyHostsHaveTheHostsControls) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  for (const chat::Role role : {chat::Role::kMember, chat::Role::kGuest}) {
    const Caller caller = CallWorld::person(2, role);
    EXPECT_EQ(world.ask(&CallService::lock, caller, world.conversation, true).error(),
              CallError::kNotHost);
    EXPECT_EQ(world.ask(&CallService::remove, caller, world.conversation, CallWorld::participant(1))
                  .error(),
              CallError::kNotHost);
    EXPECT_EQ(world
                  .ask(&CallService::mute,
                       caller,
                       world.conversation,
                       CallWorld::participant(1),
                       Source::kCamera)
                  .error(),
              CallError::kNotHost);
  }
}

TEST(CallService, TheHostsControlsNeedACall) {
  CallWorld world;
  const Caller host = CallWorld::person(1, chat::Role::kAdmin);
  EXPECT_EQ(world.ask(&CallService::lock, host, world.conversation, true).error(),
            CallError::kNoCall);
  EXPECT_EQ(
      world.ask(&CallService::remove, host, world.conversation, CallWorld::participant(1)).error(),
      CallError::kNoCall);
}

TEST(CallService, LeavingWhereThereIsNoCallIsNoError) {
  CallWorld world;
  EXPECT_TRUE(world.ask(
      &CallService::leave, CallWorld::person(1), world.conversation, CallWorld::participant(1)));
}

TEST(CallService, SessionsAreInSeveralCallsAtOnce) {
  CallWorld world;
  const auto other = test::numbered_id<chat::ConversationId>(1, 2);
  ASSERT_TRUE(world.join(1));
  auto [outcome, reply] = world.expect<JoinAnswer>();
  world.calls.join(CallWorld::person(1),
                   {other, CallWorld::participant(50), test::browser_capabilities()},
                   world.at,
                   std::move(reply));
  world.settle();
  ASSERT_TRUE(outcome->value().has_value());
  EXPECT_EQ(world.calls.counts().calls, 2u);
  world.lose_connection(1);
  world.advance(std::chrono::seconds(15));
  EXPECT_EQ(world.calls.counts().calls, 0u);
}

TEST(CallService, EventsOfAnEndedCallAreIgnored) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  world.engine.emit(world.router(), sfu::MediaEvent::DominantSpeaker{CallWorld::producer(1)});
  ASSERT_TRUE(world.ask(
      &CallService::leave, CallWorld::person(1), world.conversation, CallWorld::participant(1)));
  EXPECT_TRUE(world.received<CallEvent::Speaker>(1).empty());
}

TEST(CallService, SessionsThatItDoesNotKnowAreIgnored) {
  CallWorld world;
  world.calls.on_session_gone(SessionKey{77}, world.at.now);
  world.calls.on_session_back(SessionKey{77}, world.at.now);
  EXPECT_EQ(world.calls.next_timeout(), kNever);
}

}  // namespace
}  // namespace parlance::signaling
