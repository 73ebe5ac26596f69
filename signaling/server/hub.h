// Which sessions of one thread hear of which conversation and of which user.
#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "chat/domain/types.h"
#include "signaling/call/types.h"

namespace parlance::signaling {

class Hub {
 public:
  void add_user(const chat::UserId& user, SessionKey session);
  void remove_user(const chat::UserId& user, SessionKey session);

  void subscribe(const chat::ConversationId& conversation, SessionKey session);
  void unsubscribe(const chat::ConversationId& conversation, SessionKey session);

  // Copies: whoever is told may change the lists.
  std::vector<SessionKey> of_conversation(const chat::ConversationId& conversation) const;
  std::vector<SessionKey> of_user(const chat::UserId& user) const;

 private:
  std::unordered_map<chat::ConversationId, std::vector<SessionKey>> conversations_;
  std::unordered_map<chat::UserId, std::vector<SessionKey>> users_;
};

// What one session hears of, and up to which revision it has: an event that comes twice, from a
// list and live, is told once.
class Subscriptions {
 public:
  struct Entry {
    bool member = false;
    chat::Revision r = 0;  // of the last event seen
  };

  // True when that is new. A list older than the leaving that was seen since does not count.
  bool join(const chat::ConversationId& conversation, chat::Revision as_of);

  // True when the event is to be told: a member's, and not seen yet.
  bool take(const chat::ConversationId& conversation, chat::Revision r);

  void leave(const chat::ConversationId& conversation, chat::Revision r);

  bool is_member(const chat::ConversationId& conversation) const;

  std::vector<chat::ConversationId> all() const;

 private:
  std::unordered_map<chat::ConversationId, Entry> entries_;
};

}  // namespace parlance::signaling
