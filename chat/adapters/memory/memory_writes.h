// Writing the memory store.
#pragma once

#include "chat/adapters/memory/memory_state.h"
#include "chat/ports/store.h"

namespace parlance::chat {

// All writing ports, of one write session. Refusals and the changes made so far are the
// transaction's until commit() or roll_back().
class MemoryWrites final : public DirectoryWriter,
                           public AccountWriter,
                           public MembershipWriter,
                           public InviteWriter,
                           public EventLogWriter {
 public:
  explicit MemoryWrites(MemoryState& state) : state_(state) {}

  void begin(const Footprint& footprint);
  // False where something was refused; then everything is as it was.
  bool commit();
  void roll_back();

  const bool& failed() const { return failed_; }

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
  // The row to change; refuses the transaction where there is none, and gives nothing once that
  // happened.
  MemoryUser* user(UserId id);
  MemoryConversation* conversation(ConversationId id);
  bool announced(ConversationId id) const;
  bool announced(UserId id) const;
  bool announced(const DeviceState& device) const;
  // The row to change, like user().
  DeviceState* device(DeviceId id);
  void erase_guest_token(DeviceId device);
  void erase_refresh_tokens(DeviceId device, std::int64_t before);
  bool store_message(MemoryConversation& conversation, const Message& message);

  MemoryState& state_;
  Footprint footprint_;
  UndoLog undo_;
  bool failed_ = false;
};

}  // namespace parlance::chat
