#include "signaling/server/hub.h"

#include <algorithm>

namespace parlance::signaling {

namespace {

template <typename Map, typename Key>
void add(Map& map, const Key& key, SessionKey session) {
  std::vector<SessionKey>& sessions = map[key];
  if (std::ranges::find(sessions, session) == sessions.end()) {
    sessions.push_back(session);
  }
}

template <typename Map, typename Key>
void remove(Map& map, const Key& key, SessionKey session) {
  const auto found = map.find(key);
  if (found == map.end()) {
    return;
  }
  std::erase(found->second, session);
  if (found->second.empty()) {
    map.erase(found);
  }
}

template <typename Map, typename Key>
std::vector<SessionKey> copy(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? std::vector<SessionKey>() : found->second;
}

}  // namespace

void Hub::add_user(const chat::UserId& user, SessionKey session) {
  add(users_, user, session);
}

void Hub::remove_user(const chat::UserId& user, SessionKey session) {
  remove(users_, user, session);
}

void Hub::subscribe(const chat::ConversationId& conversation, SessionKey session) {
  add(conversations_, conversation, session);
}

void Hub::unsubscribe(const chat::ConversationId& conversation, SessionKey session) {
  remove(conversations_, conversation, session);
}

std::vector<SessionKey> Hub::of_conversation(const chat::ConversationId& conversation) const {
  return copy(conversations_, conversation);
}

std::vector<SessionKey> Hub::of_user(const chat::UserId& user) const {
  return copy(users_, user);
}

bool Subscriptions::join(const chat::ConversationId& conversation, chat::Revision as_of) {
  Entry& entry = entries_[conversation];
  if (entry.member || as_of < entry.r) {
    return false;
  }
  entry = {true, as_of};
  return true;
}

bool Subscriptions::take(const chat::ConversationId& conversation, chat::Revision r) {
  const auto found = entries_.find(conversation);
  if (found == entries_.end() || !found->second.member || r <= found->second.r) {
    return false;
  }
  found->second.r = r;
  return true;
}

void Subscriptions::leave(const chat::ConversationId& conversation, chat::Revision r) {
  entries_[conversation] = {false, r};
}

bool Subscriptions::is_member(const chat::ConversationId& conversation) const {
  const auto found = entries_.find(conversation);
  return found != entries_.end() && found->second.member;
}

std::vector<chat::ConversationId> Subscriptions::all() const {
  std::vector<chat::ConversationId> members;
  for (const auto& [conversation, entry] : entries_) {
    if (entry.member) {
      members.push_back(conversation);
    }
  }
  return members;
}

}  // namespace parlance::signaling
