// The half of Sessions that decides who hears of what.
#include <algorithm>
#include <map>
#include <variant>

#include "signaling/server/server_state.h"
#include "signaling/server/sessions.h"
#include "signaling/server/signaling_thread.h"

namespace parlance::signaling {

namespace {

// The user whose membership the event is about, where it is about one's beginning.
const chat::UserId* joiner_of(const chat::ConversationEvent& event) {
  const auto* joined = std::get_if<chat::ConversationEvent::MemberJoined>(&event.what);
  return joined == nullptr ? nullptr : &joined->member.user;
}

void append_missing(std::vector<SessionKey>& keys, const std::vector<SessionKey>& more) {
  for (const SessionKey key : more) {
    if (std::ranges::find(keys, key) == keys.end()) {
      keys.push_back(key);
    }
  }
}

}  // namespace

void Sessions::on_chat_event(const ChatEvent& event) {
  std::vector<SessionKey> keys;
  const auto* of_user = std::get_if<chat::UserEvent>(event.event.get());
  if (of_user != nullptr) {
    keys = hub_.of_user(of_user->user);
  } else {
    const auto& of_conversation = std::get<chat::ConversationEvent>(*event.event);
    keys = hub_.of_conversation(of_conversation.conversation);
    if (const chat::UserId* joiner = joiner_of(of_conversation)) {
      append_missing(keys, hub_.of_user(*joiner));
    }
  }
  for (const SessionKey key : keys) {
    apply(*sessions_.at(key), event);
  }
  for (auto& [number, starting] : starting_) {
    if (of_user != nullptr && of_user->user != starting.request.identity.user) {
      continue;
    }
    starting.too_many = starting.too_many || starting.events.size() >= kMaxEventsWhileStarting;
    if (!starting.too_many) {
      starting.events.push_back(event);
    }
  }
}

void Sessions::apply(Hosted& hosted, const ChatEvent& event) {
  std::visit([&](const auto& what) { apply(hosted, what, event.text); }, *event.event);
}

void Sessions::apply(Hosted& hosted, const chat::ConversationEvent& event, const EventPtr& text) {
  const chat::UserId& self = hosted.session.identity().user;
  const chat::UserId* const joiner = joiner_of(event);
  if (joiner != nullptr && *joiner == self) {
    join(hosted, event.conversation, event.r - 1);
  }
  if (hosted.subscriptions.take(event.conversation, event.r)) {
    deliver(hosted, text);
    const auto* left = std::get_if<chat::ConversationEvent::MemberLeft>(&event.what);
    if (left != nullptr && left->user == self) {
      leave(hosted, event.conversation, event.r);
    }
  }
}

void Sessions::apply(Hosted& hosted, const chat::UserEvent& event, const EventPtr& text) {
  if (event.user != hosted.session.identity().user || event.r <= hosted.user_r) {
    return;
  }
  hosted.user_r = event.r;
  if (const auto* added = std::get_if<chat::UserEvent::ConversationAdded>(&event.what)) {
    // Its last revision is the joining itself, which comes as an event of its own.
    join(hosted, added->conversation.id, added->conversation.last_r - 1);
  }
  if (const auto* renamed = std::get_if<chat::UserEvent::ProfileChanged>(&event.what)) {
    hosted.session.rename(renamed->name);
  }
  deliver(hosted, text);
}

void Sessions::joined(SessionKey key, const chat::Conversation& conversation) {
  if (Hosted* const hosted = find(key)) {
    join(*hosted, conversation.id, conversation.last_r);
  }
}

void Sessions::join(Hosted& hosted,
                    const chat::ConversationId& conversation,
                    chat::Revision as_of) {
  if (!hosted.subscriptions.join(conversation, as_of)) {
    return;
  }
  hub_.subscribe(conversation, hosted.session.key());
  if (hosted.session.attached()) {
    announce(hosted, {conversation}, true);
  }
}

void Sessions::leave(Hosted& hosted, const chat::ConversationId& conversation, chat::Revision r) {
  hosted.subscriptions.leave(conversation, r);
  hub_.unsubscribe(conversation, hosted.session.key());
  if (hosted.session.attached()) {
    announce(hosted, {conversation}, false);
  }
}

void Sessions::announce(const Hosted& hosted,
                        const std::vector<chat::ConversationId>& conversations,
                        bool online) {
  std::map<SignalingThread*, std::vector<chat::ConversationId>> by_owner;
  for (const chat::ConversationId& conversation : conversations) {
    by_owner[&thread_.state().owner_of(conversation)].push_back(conversation);
  }
  for (auto& [owner, owned] : by_owner) {
    owner->post(
        [there = owner, user = hosted.session.identity().user, online, list = std::move(owned)] {
          there->calls().on_presence(user, list, online);
        });
  }
}

void Sessions::tell_conversation(const chat::ConversationId& conversation, const EventPtr& event) {
  for (const SessionKey key : hub_.of_conversation(conversation)) {
    deliver(*sessions_.at(key), event);
  }
}

void Sessions::tell_sessions(const std::vector<SessionKey>& keys, const EventPtr& event) {
  for (const SessionKey key : keys) {
    if (Hosted* const hosted = find(key)) {
      deliver(*hosted, event);
    }
  }
}

void Sessions::deliver(Hosted& hosted, const EventPtr& event) {
  if (hosted.lost) {
    return;
  }
  hosted.lost = !hosted.session.deliver(event);
  thread_.state().counters.add(Count::kEventsDelivered);
  touch(hosted);
}

}  // namespace parlance::signaling
