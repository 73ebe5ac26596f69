// Who is in which conversation.
#pragma once

#include <optional>
#include <vector>

#include "chat/domain/types.h"

namespace parlance::chat {

// Reading, with the guarantees of Directory. Names are the users' present ones.
class Memberships {
 public:
  virtual ~Memberships() = default;
  virtual std::optional<Member> member(ConversationId conversation, UserId user) = 0;
  // In the order they joined: by joined_at, then by id.
  virtual std::vector<Member> members(ConversationId conversation) = 0;
  // In the order of their ids, which is about that of their creation.
  virtual std::vector<Conversation> conversations_of(UserId user) = 0;
  // Whoever may not come back; in the order of their ids.
  virtual bool is_banned(ConversationId conversation, UserId user) = 0;
  virtual std::vector<UserId> banned(ConversationId conversation) = 0;
};

// Writing, with the guarantees of DirectoryWriter. A conversation or user that isn't there refuses
// the transaction.
class MembershipWriter {
 public:
  virtual ~MembershipWriter() = default;
  // Adds the member, or replaces its role and visible_from. The name isn't stored here.
  virtual void put(ConversationId conversation, const Member& member) = 0;
  virtual void erase(ConversationId conversation, UserId user) = 0;
  // The same again changes nothing.
  virtual void set_banned(ConversationId conversation, UserId user, bool banned) = 0;
};

}  // namespace parlance::chat
