// Writing the SQLite store.
#pragma once

#include "chat/adapters/sqlite/connection.h"
#include "chat/ports/store.h"

namespace parlance::chat {

// All three writing ports, inside of the connection's open transaction.
class SqliteWrites final : public DirectoryWriter, public MembershipWriter, public EventLogWriter {
 public:
  explicit SqliteWrites(Connection& connection) : connection_(connection) {}

  void add_user(const User& user, const Device& device) override;
  void rename_user(UserId id, std::string_view name) override;
  void add_conversation(const ConversationRecord& record) override;

  void put(ConversationId conversation, const Member& member) override;
  void erase(ConversationId conversation, UserId user) override;

  void append(const ConversationEvent& event) override;
  void append(const UserEvent& event) override;

  StoreWrites all() { return {.directory = *this, .memberships = *this, .log = *this}; }

 private:
  void store(const ConversationEvent& event, const ConversationEvent::MessageCreated& created);
  void store(const ConversationEvent& event, const ConversationEvent::MemberJoined& joined);
  void store(const ConversationEvent& event, const ConversationEvent::MemberUpdated& updated);
  void store(const ConversationEvent& event, const ConversationEvent::MemberLeft& left);
  void store(const ConversationEvent& event, const ConversationEvent::ProfileChanged& renamed);
  void store_message(const Message& message);
  void advance(const ConversationEvent& event, Number messages);

  Connection& connection_;
};

}  // namespace parlance::chat
