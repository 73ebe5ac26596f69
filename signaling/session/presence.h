// Who is online in the conversations that one thread owns.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/time.h"
#include "chat/domain/types.h"

namespace parlance::signaling {

// A user is online in a conversation while one of the user's sessions has a connection, and for a
// while after the last has gone: a reload makes nobody flicker.
class Presence {
 public:
  struct Change {
    chat::ConversationId conversation;
    chat::UserId user;
    bool online = false;

    bool operator==(const Change&) const = default;
  };

  explicit Presence(Duration linger) : linger_(linger) {}

  // One more connected session. True when the user was not online before.
  bool arrive(const chat::ConversationId& conversation, const chat::UserId& user);

  // One less; the user goes offline later, see tick().
  void depart(const chat::ConversationId& conversation, const chat::UserId& user, Timestamp now);

  std::vector<chat::UserId> online(const chat::ConversationId& conversation) const;

  Timestamp next_timeout() const;

  // Those whose time is over.
  std::vector<Change> tick(Timestamp now);

 private:
  struct User {
    std::uint32_t sessions = 0;
    Timestamp leaves_at = kNever;
  };

  void remove(const chat::ConversationId& conversation, const chat::UserId& user);

  using Key = std::pair<chat::ConversationId, chat::UserId>;

  Duration linger_;
  std::unordered_map<chat::ConversationId, std::map<chat::UserId, User>> conversations_;
  std::set<std::pair<Timestamp, Key>> leaving_;
};

}  // namespace parlance::signaling
