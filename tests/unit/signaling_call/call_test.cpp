#include "signaling/call/call.h"

#include <gtest/gtest.h>

#include "tests/support/call/call_world.h"

namespace parlance::signaling {
namespace {

using namespace std::chrono_literals;
using test::CallWorld;
using Left = CallEvent::ParticipantLeft;

TEST(Call, FirstJoinStartsItAndIsAnsweredWithEverythingAtOnce) {
  CallWorld world;
  const auto answer = world.join(1);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->self.id, CallWorld::participant(1));
  EXPECT_EQ(answer->self.user, CallWorld::person(1).user);
  EXPECT_EQ(answer->call.conversation, world.conversation);
  EXPECT_EQ(answer->call.participants.size(), 1u);
  EXPECT_NE(answer->send_transport.id, answer->recv_transport.id);
  EXPECT_EQ(answer->send_transport.description.candidates.size(), 1u);
  EXPECT_EQ(answer->ice_servers.size(), 1u);
  ASSERT_EQ(world.announced<CallEvent::CallStarted>().size(), 1u);
  EXPECT_EQ(world.announced<CallEvent::CallStarted>()[0].call.participants, 1u);
  EXPECT_EQ(world.calls.counts().participants, 1u);
}

TEST(Call, IsNotThereBeforeItsFirstParticipantIs) {
  CallWorld world;
  const auto pending = world.ask_to_join(
      CallWorld::person(1), CallWorld::participant(1), test::browser_capabilities());
  EXPECT_FALSE(world.calls.get(world.conversation));
  EXPECT_FALSE(world.calls.summary(world.conversation));
  world.settle();
  ASSERT_TRUE(pending->has_value());
  EXPECT_TRUE(world.calls.get(world.conversation));
}

TEST(Call, TellsTheOthersAndTheMembersOfAJoin) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  ASSERT_TRUE(world.join(2));
  ASSERT_EQ(world.received<CallEvent::ParticipantJoined>(1).size(), 1u);
  EXPECT_EQ(world.received<CallEvent::ParticipantJoined>(1)[0].participant.name, "person 2");
  EXPECT_TRUE(world.received<CallEvent::ParticipantJoined>(2).empty());
  ASSERT_EQ(world.announced<CallEvent::CallUpdated>().size(), 1u);
  EXPECT_EQ(world.announced<CallEvent::CallUpdated>()[0].call.participants, 2u);
}

TEST(Call, RefusesTheSeventeenthParticipant) {
  CallWorld world;
  for (std::uint8_t n = 1; n <= 16; ++n) {
    ASSERT_TRUE(world.join(n)) << int{n};
  }
  EXPECT_EQ(world.join(17).error(), CallError::kFull);
  EXPECT_EQ(world.engine.count("create_transport"), 32u);
  // Those who are in may come again.
  EXPECT_TRUE(world.join(16));
}

TEST(Call, CountsThoseWhoAreStillJoining) {
  CallLimits limits;
  limits.max_participants = 1;
  CallWorld world(limits);
  const auto first = world.ask_to_join(
      CallWorld::person(1), CallWorld::participant(1), test::browser_capabilities());
  const auto second = world.ask_to_join(
      CallWorld::person(2), CallWorld::participant(2), test::browser_capabilities());
  world.settle();
  EXPECT_TRUE(first->value().has_value());
  EXPECT_EQ(second->value().error(), CallError::kFull);
}

TEST(Call, ARejoinReplacesTransportsAndNobodySeesALeaveOrAJoin) {
  CallWorld world;
  const auto first = world.join(1);
  ASSERT_TRUE(world.join(2));
  world.deliveries.clear();
  Caller reloaded = CallWorld::person(1);
  reloaded.session = SessionKey{101};
  const auto second = world.join_as(reloaded, CallWorld::participant(1));
  ASSERT_TRUE(second);
  EXPECT_NE(second->send_transport.id, first->send_transport.id);
  EXPECT_EQ(second->self.joined_at, first->self.joined_at);
  EXPECT_EQ(second->call.participants.size(), 2u);
  EXPECT_TRUE(world.engine.has("close_transport " + first->send_transport.id.str()));
  EXPECT_TRUE(world.engine.has("close_transport " + first->recv_transport.id.str()));
  EXPECT_TRUE(world.received<CallEvent::ParticipantJoined>(2).empty());
  EXPECT_TRUE(world.received<Left>(2).empty());
  EXPECT_TRUE(world.announced<CallEvent::CallUpdated>().empty());
}

TEST(Call, ARejoinFromAnotherTabClosesTheFirstTabsTransports) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  Caller other_tab = CallWorld::person(1);
  other_tab.session = SessionKey{101};
  ASSERT_TRUE(world.join_as(other_tab, CallWorld::participant(1)));
  const auto states = world.received<CallEvent::TransportChanged>(1);
  ASSERT_EQ(states.size(), 2u);
  EXPECT_EQ(states[0].state, sfu::TransportState::kClosed);
  // The seat is the new tab's now.
  EXPECT_EQ(world.connect(1).error(), CallError::kNotJoined);
}

TEST(Call, TheOldTransportsStayWhereARejoinFails) {
  CallWorld world;
  const auto first = world.join(1);
  world.engine.refuse("create_transport", sfu::MediaError::kOverloaded);
  EXPECT_EQ(world.join(1).error(), CallError::kUnavailable);
  EXPECT_TRUE(world.engine.transports.contains(first->send_transport.id));
  EXPECT_EQ(world.engine.transports.size(), 2u);
  EXPECT_TRUE(world.connect(1));
}

TEST(Call, AFailedFirstJoinLeavesNoCallBehind) {
  CallWorld world;
  world.engine.refuse("create_transport", sfu::MediaError::kLimitReached);
  EXPECT_EQ(world.join(1).error(), CallError::kUnavailable);
  EXPECT_EQ(world.engine.routers(), 0u);
  EXPECT_TRUE(world.deliveries.empty());
  EXPECT_TRUE(world.engine.transports.empty());
}

TEST(Call, ASecondJoinSupersedesTheOneUnderWay) {
  CallWorld world;
  const auto first = world.ask_to_join(
      CallWorld::person(1), CallWorld::participant(1), test::browser_capabilities());
  const auto second = world.ask_to_join(
      CallWorld::person(1), CallWorld::participant(1), test::browser_capabilities());
  world.settle();
  EXPECT_EQ(first->value().error(), CallError::kSuperseded);
  ASSERT_TRUE(second->value().has_value());
  EXPECT_EQ(world.engine.transports.size(), 2u);
}

TEST(Call, AParticipantIdOfAnotherUserIsTaken) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  EXPECT_EQ(world.join_as(CallWorld::person(2), CallWorld::participant(1)).error(),
            CallError::kParticipantTaken);
}

TEST(Call, AnIdThatAnotherUserIsJoiningWithIsTaken) {
  CallWorld world;
  const auto first = world.ask_to_join(
      CallWorld::person(1), CallWorld::participant(1), test::browser_capabilities());
  EXPECT_EQ(world.join_as(CallWorld::person(2), CallWorld::participant(1)).error(),
            CallError::kParticipantTaken);
  EXPECT_TRUE(first->value().has_value());
}

TEST(Call, OneSessionIsOneParticipant) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  EXPECT_EQ(world.join_as(CallWorld::person(1), CallWorld::participant(9)).error(),
            CallError::kSessionInCall);
}

TEST(Call, OneSessionJoinsAsOneParticipant) {
  CallWorld world;
  const auto first = world.ask_to_join(
      CallWorld::person(1), CallWorld::participant(1), test::browser_capabilities());
  const auto second = world.ask_to_join(
      CallWorld::person(1), CallWorld::participant(9), test::browser_capabilities());
  world.settle();
  EXPECT_TRUE(first->value().has_value());
  EXPECT_EQ(second->value().error(), CallError::kSessionInCall);
}

TEST(Call, TwoTabsOfOneUserAreTwoParticipants) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  Caller second_tab = CallWorld::person(1);
  second_tab.session = SessionKey{101};
  ASSERT_TRUE(world.join_as(second_tab, CallWorld::participant(9)));
  EXPECT_EQ(world.calls.get(world.conversation)->participants.size(), 2u);
}

TEST(Call, ALockKeepsNewcomersOutAndNobodyElse) {
  CallWorld world;
  ASSERT_TRUE(world.join(1, chat::Role::kOwner));
  const Caller host = CallWorld::person(1, chat::Role::kOwner);
  ASSERT_TRUE(world.ask(&CallService::lock, host, world.conversation, true));
  ASSERT_EQ(world.announced<CallEvent::CallUpdated>().size(), 1u);
  EXPECT_TRUE(world.announced<CallEvent::CallUpdated>()[0].call.locked);
  EXPECT_EQ(world.join(2).error(), CallError::kLocked);
  EXPECT_TRUE(world.join(1, chat::Role::kOwner));
  // The same again changes nothing.
  ASSERT_TRUE(world.ask(&CallService::lock, host, world.conversation, true));
  EXPECT_EQ(world.announced<CallEvent::CallUpdated>().size(), 1u);
  ASSERT_TRUE(world.ask(&CallService::lock, host, world.conversation, false));
  EXPECT_TRUE(world.join(2));
}

TEST(Call, WhoMayNotStartOneJoinsWhatOthersStarted) {
  CallWorld world;
  Caller guest = CallWorld::person(2);
  guest.may_start = false;
  EXPECT_EQ(world.join_as(guest, CallWorld::participant(2)).error(), CallError::kMayNotStart);
  EXPECT_FALSE(world.calls.get(world.conversation));
  ASSERT_TRUE(world.join(1));
  EXPECT_TRUE(world.join_as(guest, CallWorld::participant(2)));
}

TEST(Call, LeavingTellsTheOthersAndTheMembers) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  ASSERT_TRUE(world.join(2));
  ASSERT_TRUE(world.ask(
      &CallService::leave, CallWorld::person(1), world.conversation, CallWorld::participant(1)));
  ASSERT_EQ(world.received<Left>(2).size(), 1u);
  EXPECT_EQ(world.received<Left>(2)[0].reason, LeaveReason::kLeft);
  EXPECT_TRUE(world.received<Left>(1).empty());
  EXPECT_EQ(world.announced<CallEvent::CallUpdated>().back().call.participants, 1u);
  EXPECT_EQ(world.engine.transports.size(), 2u);
  // Again: no error, no event.
  ASSERT_TRUE(world.ask(
      &CallService::leave, CallWorld::person(1), world.conversation, CallWorld::participant(1)));
  EXPECT_EQ(world.received<Left>(2).size(), 1u);
}

TEST(Call, NobodyLeavesForAnother) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  EXPECT_EQ(world
                .ask(&CallService::leave,
                     CallWorld::person(2),
                     world.conversation,
                     CallWorld::participant(1))
                .error(),
            CallError::kNotYourParticipant);
}

TEST(Call, EndsWithItsLastParticipant) {
  CallWorld world;
  const auto answer = world.join(1);
  ASSERT_TRUE(world.ask(
      &CallService::leave, CallWorld::person(1), world.conversation, CallWorld::participant(1)));
  ASSERT_EQ(world.announced<CallEvent::CallEnded>().size(), 1u);
  EXPECT_EQ(world.announced<CallEvent::CallEnded>()[0].call, answer->call.call);
  EXPECT_FALSE(world.calls.get(world.conversation));
  EXPECT_EQ(world.engine.routers(), 0u);
  // The next join starts another one.
  EXPECT_NE(world.join(1)->call.call, answer->call.call);
}

TEST(Call, LeavingWhileJoiningAnswersTheJoin) {
  CallWorld world;
  const auto pending = world.ask_to_join(
      CallWorld::person(1), CallWorld::participant(1), test::browser_capabilities());
  ASSERT_TRUE(world.ask(
      &CallService::leave, CallWorld::person(1), world.conversation, CallWorld::participant(1)));
  EXPECT_EQ(pending->value().error(), CallError::kSuperseded);
  EXPECT_EQ(world.engine.routers(), 0u);
}

TEST(Call, HostsRemoveAndTheRemovedOneIsTold) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  ASSERT_TRUE(world.join(2));
  ASSERT_TRUE(world.join(3));
  const Caller host = CallWorld::person(1, chat::Role::kModerator);
  ASSERT_TRUE(world.ask(&CallService::remove, host, world.conversation, CallWorld::participant(2)));
  EXPECT_EQ(world.received<Left>(2).at(0).reason, LeaveReason::kRemoved);
  EXPECT_EQ(world.received<Left>(3).at(0).reason, LeaveReason::kRemoved);
  EXPECT_EQ(world.connect(2).error(), CallError::kNotJoined);
  EXPECT_EQ(
      world.ask(&CallService::remove, host, world.conversation, CallWorld::participant(2)).error(),
      CallError::kUnknownParticipant);
}

TEST(Call, AMemberWhoLeftTheConversationIsOut) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  ASSERT_TRUE(world.join(2));
  world.calls.on_member_left(world.conversation, CallWorld::person(2).user);
  EXPECT_EQ(world.received<Left>(1).at(0).participant, CallWorld::participant(2));
  EXPECT_EQ(world.calls.get(world.conversation)->participants.size(), 1u);
}

TEST(Call, AMemberWhoLeftTheConversationWhileJoiningStaysOut) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  const auto pending = world.ask_to_join(
      CallWorld::person(2), CallWorld::participant(2), test::browser_capabilities());
  world.calls.on_member_left(world.conversation, CallWorld::person(2).user);
  world.settle();
  EXPECT_EQ(pending->value().error(), CallError::kSuperseded);
  EXPECT_EQ(world.calls.get(world.conversation)->participants.size(), 1u);
}

TEST(Call, AParticipantStaysWhileItsMediaFlows) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  ASSERT_TRUE(world.join(2));
  world.set_state(2, sfu::TransportState::kConnected);
  world.lose_connection(2);
  world.advance(10min);
  EXPECT_EQ(world.calls.get(world.conversation)->participants.size(), 2u);
}

TEST(Call, AParticipantStaysWhileItsConnectionIsThere) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  world.set_state(1, sfu::TransportState::kDisconnected);
  world.advance(10min);
  EXPECT_EQ(world.calls.get(world.conversation)->participants.size(), 1u);
}

TEST(Call, AParticipantIsRemovedFifteenSecondsAfterBothAreGone) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  ASSERT_TRUE(world.join(2));
  world.set_state(2, sfu::TransportState::kConnected);
  world.lose_connection(2);
  world.advance(60s);
  world.set_state(2, sfu::TransportState::kDisconnected);
  world.advance(14'999ms);
  EXPECT_TRUE(world.received<Left>(1).empty());
  world.advance(1ms);
  ASSERT_EQ(world.received<Left>(1).size(), 1u);
  EXPECT_EQ(world.received<Left>(1)[0].reason, LeaveReason::kTimeout);
  EXPECT_EQ(world.calls.next_timeout(), kNever);
}

TEST(Call, OneConnectedTransportIsEnoughToStay) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  world.engine.emit(world.router(),
                    sfu::MediaEvent::TransportChanged{
                        world.joined.at(CallWorld::participant(1)).recv_transport.id,
                        sfu::TransportState::kConnected});
  world.settle();
  world.lose_connection(1);
  world.advance(1min);
  EXPECT_TRUE(world.calls.get(world.conversation));
}

TEST(Call, AnIceRestartInTimeKeepsTheParticipant) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  world.lose_connection(1);
  world.advance(14s);
  world.set_state(1, sfu::TransportState::kConnected);
  world.advance(1min);
  EXPECT_TRUE(world.calls.get(world.conversation));
}

TEST(Call, AResumedSessionStartsTheAbsenceAnew) {
  CallWorld world;
  ASSERT_TRUE(world.join(1));
  world.lose_connection(1);
  world.advance(14s);
  world.calls.on_session_back(SessionKey{1}, world.at.now);
  world.advance(1s);
  world.lose_connection(1);
  world.advance(14s);
  EXPECT_TRUE(world.calls.get(world.conversation));
  world.advance(1s);
  EXPECT_FALSE(world.calls.get(world.conversation));
}

TEST(Call, AReloadOfTheOnlyParticipantDoesNotEndIt) {
  CallWorld world;
  const auto first = world.join(1);
  world.lose_connection(1);
  world.advance(10s);
  Caller reloaded = CallWorld::person(1);
  reloaded.session = SessionKey{101};
  const auto second = world.join_as(reloaded, CallWorld::participant(1));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->call.call, first->call.call);
  world.advance(1min);
  EXPECT_TRUE(world.announced<CallEvent::CallEnded>().empty());
  // The end of the old session is no news of the new one.
  world.calls.on_session_gone(SessionKey{1}, world.at.now);
  world.advance(1min);
  EXPECT_TRUE(world.calls.get(world.conversation));
}

TEST(Call, AConnectionLostWhileJoiningCounts) {
  CallWorld world;
  const auto pending = world.ask_to_join(
      CallWorld::person(1), CallWorld::participant(1), test::browser_capabilities());
  world.calls.on_session_gone(SessionKey{1}, world.at.now);
  world.settle();
  EXPECT_TRUE(pending->value().has_value());
  world.advance(15s);
  EXPECT_EQ(world.announced<CallEvent::CallEnded>().size(), 1u);
}

}  // namespace
}  // namespace parlance::signaling
