// Users, their devices, and the conversations there are.
#pragma once

#include <optional>
#include <string_view>

#include "chat/domain/types.h"

namespace parlance::chat {

// A user and how far its own stream has come.
struct UserHead {
  User user;
  Revision last_r = 0;

  bool operator==(const UserHead&) const = default;
};

// A conversation with what only the service has to know of it.
struct ConversationRecord {
  Conversation conversation;
  UserId creator;

  bool operator==(const ConversationRecord&) const = default;
};

// Reading, inside of one transaction (store.h): every answer is of the same state of the store, the
// transaction's own writes included. A failed read answers with nothing, as if there were no such
// thing; the transaction's end tells the difference.
class Directory {
 public:
  virtual ~Directory() = default;
  virtual std::optional<UserHead> user(UserId id) = 0;
  virtual std::optional<Identity> device_of(const TokenHash& token_hash) = 0;
  virtual std::optional<ConversationRecord> conversation(ConversationId id) = 0;
  virtual std::optional<ConversationRecord> conversation_invited_by(
      std::string_view invite_code) = 0;
};

// Writing, inside of one write transaction: what it wrote lasts as one with the rest of the
// transaction or not at all. An id, token hash or invite code that is taken refuses the transaction
// (StoreError::kRefused).
class DirectoryWriter {
 public:
  virtual ~DirectoryWriter() = default;
  virtual void add_user(const User& user, const Device& device) = 0;
  virtual void rename_user(UserId id, std::string_view name) = 0;
  // Its head starts at zero whatever the record says: numbers come from the log alone.
  virtual void add_conversation(const ConversationRecord& record) = 0;
};

}  // namespace parlance::chat
