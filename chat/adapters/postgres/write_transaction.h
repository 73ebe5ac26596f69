// A write transaction: what it locked and fetched at its begin, and what it has written since.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "chat/adapters/postgres/connection.h"
#include "chat/adapters/postgres/pending_rows.h"
#include "chat/adapters/postgres/postgres_accounts.h"
#include "chat/adapters/postgres/postgres_reads.h"
#include "chat/ports/store.h"

namespace parlance::chat::postgres {

// The rows that a transaction knows without asking: of heads it holds the locks, so that they are
// what the database has until it ends. Nothing: there is no such row.
struct KnownRows {
  std::unordered_map<UserId, std::optional<UserHead>> users;
  std::unordered_map<ConversationId, std::optional<ConversationRecord>> conversations;
  std::unordered_map<std::string, std::optional<ConversationId>> codes;
  std::map<std::pair<ConversationId, UserId>, std::optional<Member>> members;
  std::map<std::pair<ConversationId, MessageId>, std::optional<Message>> messages;
};

// Begins a transaction with `first`: locks the heads of the footprint, those of users before those
// of devices, these before those of conversations and each in key order, so that no two writers
// wait for each other in a circle, and fetches what else it names. For messages alone that is one
// round trip.
KnownRows lock_and_fetch(Connection& connection,
                         const Connection::Step& first,
                         const Footprint& footprint);

// All reading and writing ports. Writes are gathered; a question whose answer isn't known writes
// them first and then asks the database.
class WriteTransaction final : public Directory,
                               public Memberships,
                               public Invites,
                               public EventLog,
                               public DirectoryWriter,
                               public MembershipWriter,
                               public InviteWriter,
                               public EventLogWriter,
                               private AccountHooks {
 public:
  explicit WriteTransaction(Connection& connection)
      : connection_(connection), database_(connection), accounts_(connection, this) {}

  void begin(const Connection::Step& first, const Footprint& footprint);
  // Writes what is gathered; true where anything was written in this transaction.
  bool flush();

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

  void add_user(const User& user, const Device& device) override;
  void rename_user(UserId id, std::string_view name) override;
  void add_conversation(const ConversationRecord& record) override;

  void put(ConversationId conversation, const Member& member) override;
  void erase(ConversationId conversation, UserId user) override;
  void set_banned(ConversationId conversation, UserId user, bool banned) override;

  void put(const Invite& invite) override;
  void erase(InviteId id) override;

  void append(const ConversationEvent& event) override;
  void append(const UserEvent& event) override;

  StoreReads reads() {
    return {.directory = *this,
            .accounts = accounts_,
            .memberships = *this,
            .invites = *this,
            .log = *this};
  }

  StoreWrites writes() {
    return {.directory = *this,
            .accounts = accounts_,
            .memberships = *this,
            .invites = *this,
            .log = *this};
  }

 private:
  void before_question() override { flush(); }

  void before_change() override {
    flush();
    wrote_ = true;
  }

  void on_new_user(const User& user) override { known_.users[user.id] = UserHead{.user = user}; }

  void on_new_account(UserId user) override;

  // The database, with everything written.
  PostgresReads& written() {
    flush();
    return database_;
  }

  // The head to move; refuses the transaction where there is none or it isn't locked.
  Conversation* head(ConversationId id);
  UserHead* head(UserId id);
  bool may_store(const Conversation& head, const Message& message);

  Connection& connection_;
  PostgresReads database_;
  PostgresAccounts accounts_;
  KnownRows known_;
  PendingRows pending_;
  bool wrote_ = false;
};

}  // namespace parlance::chat::postgres
