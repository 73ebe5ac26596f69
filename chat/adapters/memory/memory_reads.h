// Reading the memory store.
#pragma once

#include "chat/adapters/memory/memory_state.h"
#include "chat/ports/store.h"

namespace parlance::chat {

// All reading ports; the session that owns it holds the lock. Answers with nothing once
// `*failed`.
class MemoryReads final : public Directory,
                          public Accounts,
                          public Memberships,
                          public Invites,
                          public EventLog {
 public:
  MemoryReads(const MemoryState& state, const bool& failed) : state_(state), failed_(failed) {}

  std::optional<UserHead> user(UserId id) override;
  std::optional<Identity> device_of(const TokenHash& token_hash) override;
  std::optional<ConversationRecord> conversation(ConversationId id) override;
  std::optional<ConversationRecord> conversation_invited_by(std::string_view invite_code) override;

  std::optional<Account> account(UserId user) override;
  std::optional<Account> account_named(std::string_view login) override;
  std::optional<DeviceState> device(DeviceId id) override;
  std::vector<DeviceState> devices_of(UserId user) override;
  std::optional<RefreshToken> refresh_token(const TokenHash& hash) override;
  std::optional<RefreshToken> refresh_token(DeviceId device, std::int64_t number) override;
  std::int64_t last_token_number(DeviceId device) override;
  std::vector<FoundUser> find_users(std::string_view prefix, std::size_t limit) override;

  std::optional<Member> member(ConversationId conversation, UserId user) override;
  std::vector<Member> members(ConversationId conversation) override;
  std::vector<Conversation> conversations_of(UserId user) override;
  bool is_banned(ConversationId conversation, UserId user) override;
  std::vector<UserId> banned(ConversationId conversation) override;

  std::optional<Invite> invite(InviteId id) override;
  std::optional<Invite> invite_by_code(std::string_view code) override;
  std::vector<Invite> invites(ConversationId conversation) override;

  std::optional<Message> message(ConversationId conversation, MessageId cmid) override;
  std::vector<Message> messages(const MessageRange& range) override;
  std::vector<ConversationEvent> events(ConversationId conversation,
                                        Revision after,
                                        std::size_t limit) override;
  std::vector<UserEvent> user_events(UserId user, Revision after, std::size_t limit) override;

  StoreReads all() {
    return {.directory = *this,
            .accounts = *this,
            .memberships = *this,
            .invites = *this,
            .log = *this};
  }

 private:
  const MemoryUser* find(UserId id) const;
  const MemoryConversation* find(ConversationId id) const;
  Member named(const Member& member) const;

  const MemoryState& state_;
  const bool& failed_;
};

}  // namespace parlance::chat
