#include "signaling/session/presence.h"

namespace parlance::signaling {

bool Presence::arrive(const chat::ConversationId& conversation, const chat::UserId& user) {
  auto& users = conversations_[conversation];
  const auto [found, is_new] = users.try_emplace(user);
  User& state = found->second;
  if (state.leaves_at != kNever) {
    leaving_.erase({state.leaves_at, {conversation, user}});
    state.leaves_at = kNever;
  }
  ++state.sessions;
  return is_new;
}

void Presence::depart(const chat::ConversationId& conversation,
                      const chat::UserId& user,
                      Timestamp now) {
  const auto users = conversations_.find(conversation);
  if (users == conversations_.end()) {
    return;
  }
  const auto found = users->second.find(user);
  if (found == users->second.end() || found->second.sessions == 0) {
    return;
  }
  if (--found->second.sessions == 0) {
    found->second.leaves_at = now + linger_;
    leaving_.insert({found->second.leaves_at, {conversation, user}});
  }
}

void Presence::remove(const chat::ConversationId& conversation, const chat::UserId& user) {
  const auto users = conversations_.find(conversation);
  if (users == conversations_.end()) {
    return;
  }
  const auto found = users->second.find(user);
  if (found == users->second.end()) {
    return;
  }
  leaving_.erase({found->second.leaves_at, {conversation, user}});
  users->second.erase(found);
  if (users->second.empty()) {
    conversations_.erase(users);
  }
}

std::vector<chat::UserId> Presence::online(const chat::ConversationId& conversation) const {
  std::vector<chat::UserId> all;
  const auto users = conversations_.find(conversation);
  if (users != conversations_.end()) {
    for (const auto& [user, state] : users->second) {
      all.push_back(user);
    }
  }
  return all;
}

Timestamp Presence::next_timeout() const {
  return leaving_.empty() ? kNever : leaving_.begin()->first;
}

std::vector<Presence::Change> Presence::tick(Timestamp now) {
  std::vector<Change> changes;
  while (next_timeout() <= now) {
    const auto [conversation, user] = leaving_.begin()->second;
    changes.push_back({conversation, user, false});
    remove(conversation, user);
  }
  return changes;
}

}  // namespace parlance::signaling
