// Writing the SQLite store.
#pragma once

#include "chat/adapters/sqlite/connection.h"
#include "chat/ports/store.h"

namespace parlance::chat {

// All writing ports, inside of the connection's open transaction.
class SqliteWrites final : public DirectoryWriter,
                           public AccountWriter,
                           public MembershipWriter,
                           public InviteWriter,
                           public EventLogWriter {
 public:
  explicit SqliteWrites(Connection& connection) : connection_(connection) {}

  void add_user(const User& user, const Device& device) override;
  void rename_user(UserId id, std::string_view name) override;
  void add_conversation(const ConversationRecord& record) override;

  void add_account(const Account& account) override;
  void set_password_hash(UserId user, std::string_view password_hash) override;
  void add_user(const User& user) override;
  void add_device(const DeviceState& device) override;
  void update_device(const DeviceState& device) override;
  void remove_device(DeviceId device) override;
  void add_refresh_token(const RefreshToken& token) override;
  void forget_refresh_tokens(DeviceId device, std::int64_t before) override;

  void put(ConversationId conversation, const Member& member) override;
  void erase(ConversationId conversation, UserId user) override;
  void set_banned(ConversationId conversation, UserId user, bool banned) override;

  void put(const Invite& invite) override;
  void erase(InviteId id) override;

  void append(const ConversationEvent& event) override;
  void append(const UserEvent& event) override;

  StoreWrites all() {
    return {.directory = *this,
            .accounts = *this,
            .memberships = *this,
            .invites = *this,
            .log = *this};
  }

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
