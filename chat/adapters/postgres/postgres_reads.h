// Reading the Postgres store.
#pragma once

#include "chat/adapters/postgres/connection.h"
#include "chat/adapters/postgres/postgres_accounts.h"
#include "chat/ports/store.h"

namespace parlance::chat::postgres {

// All reading ports, inside of the connection's open transaction; every question is one
// statement.
class PostgresReads final : public Directory, public Memberships, public Invites, public EventLog {
 public:
  explicit PostgresReads(Connection& connection) : connection_(connection), accounts_(connection) {}

  std::optional<UserHead> user(UserId id) override;
  std::optional<Identity> device_of(const TokenHash& token_hash) override;
  std::optional<ConversationRecord> conversation(ConversationId id) override;
  std::optional<ConversationRecord> conversation_invited_by(std::string_view invite_code) override;

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
            .accounts = accounts_,
            .memberships = *this,
            .invites = *this,
            .log = *this};
  }

 private:
  Connection& connection_;
  PostgresAccounts accounts_;
};

// The next columns of a row, in these orders.
UserHead read_user(Answer& row);  // id, name, guest as a number, created_at, last_r
ConversationRecord read_record(
    Answer& row);  // id, title, invite_code, created_at, last_q, last_r, kind, settings, creator
Member read_member(Answer& row);  // user_id, name, role, joined_at, visible_from, muted
void read_settings(Answer& row, ConversationProfile& profile);  // archived, may_post, may_call

// archived, may_post, may_call
void read_settings(Answer& row,
                   ConversationProfile& profile);  // user_id, name, role, joined_at, visible_from
Message read_message(Answer& row);                 // conversation, id, q, r, sender, body, at

// Hexadecimal, as decode(..., 'hex') takes it.
std::string hex_of(const TokenHash& hash);

// False for what no invite code can be, and what Postgres wouldn't even compare.
bool may_be_code(std::string_view text);

}  // namespace parlance::chat::postgres
