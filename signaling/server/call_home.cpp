#include "signaling/server/call_home.h"

#include <algorithm>
#include <map>
#include <utility>

#include "signaling/protocol/call_json.h"
#include "signaling/protocol/chat_json.h"
#include "signaling/server/secure_random.h"
#include "signaling/server/server_state.h"
#include "signaling/server/signaling_thread.h"

namespace parlance::signaling {

namespace {

CallEnvironment environment_of(SignalingThread& thread, CallEventSink& sink) {
  const SignalingDependencies& dependencies = thread.state().dependencies;
  return {dependencies.media,
          thread.executor(),
          sink,
          fill_random,
          dependencies.ice_servers,
          thread.state().options.call};
}

}  // namespace

CallHome::CallHome(SignalingThread& thread)
    : thread_(thread), service_(environment_of(thread, *this)) {}

void CallHome::on_presence(const chat::UserId& user,
                           const std::vector<chat::ConversationId>& conversations,
                           bool online) {
  const Timestamp now = read_clocks().now;
  for (const chat::ConversationId& conversation : conversations) {
    if (!online) {
      presence_.depart(conversation, user, now);
    } else if (presence_.arrive(conversation, user)) {
      tell_presence({conversation, user, true});
    }
  }
}

CallHome::Live CallHome::live(const chat::ConversationId& conversation) const {
  return {presence_.online(conversation), service_.summary(conversation)};
}

void CallHome::to_members(CallEvent event) {
  tell_members(event.conversation, share(event));
}

void CallHome::tell_members(const chat::ConversationId& conversation, const EventPtr& event) {
  for (const auto& thread : thread_.state().threads) {
    thread->post([there = thread.get(), conversation, event] {
      there->sessions().tell_conversation(conversation, event);
    });
  }
}

void CallHome::to_sessions(std::span<const SessionKey> sessions, CallEvent event) {
  std::map<SignalingThread*, std::vector<SessionKey>> by_thread;
  for (const SessionKey key : sessions) {
    by_thread[thread_.home_of(key)].push_back(key);
  }
  const EventPtr shared = share(event);
  for (auto& [thread, keys] : by_thread) {
    thread->post([there = thread, shared, list = std::move(keys)] {
      there->sessions().tell_sessions(list, shared);
    });
  }
}

void CallHome::tell_presence(const Presence::Change& change) {
  tell_members(change.conversation,
               make_event(EventClass::kEphemeral,
                          "presence",
                          change.conversation,
                          {{"user", change.user.str()}, {"online", change.online}}));
}

Timestamp CallHome::end_turn(Moment at) {
  for (const Presence::Change& change : presence_.tick(at.now)) {
    tell_presence(change);
  }
  if (service_.next_timeout() <= at.now) {
    service_.tick(at.now);
  }
  count();
  return std::min(presence_.next_timeout(), service_.next_timeout());
}

// The counters add up what the threads have.
void CallHome::count() {
  const CallService::Counts now = service_.counts();
  Counters& counters = thread_.state().counters;
  counters.add(Count::kCalls, now.calls - counted_.calls);
  counters.add(Count::kParticipants, now.participants - counted_.participants);
  counted_ = now;
}

}  // namespace parlance::signaling
