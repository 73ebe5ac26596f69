// A store: transactions over the directory, the accounts, the memberships and the event log.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "chat/domain/types.h"
#include "chat/ports/accounts.h"
#include "chat/ports/directory.h"
#include "chat/ports/event_log.h"
#include "chat/ports/invites.h"
#include "chat/ports/memberships.h"

namespace parlance::chat {

enum class StoreError : std::uint8_t {
  kRefused,      // something in this transaction can't be stored; another transaction can
  kUnavailable,  // disk, database or connection failed; whether it was stored is not known
};

// What a batch of changes is going to touch, announced before it: a store shared by several
// processes locks those heads in key order and fetches in one round trip what is below them.
struct Footprint {
  // A message that may be there already, and its sender, who may be a member.
  struct MessageKey {
    ConversationId conversation;
    MessageId cmid;
    UserId sender;
  };

  // Heads, and the members that `users` are in them.
  std::vector<ConversationId> conversations = {};
  // The same for the conversations these belong to.
  std::vector<std::string> invite_codes = {};
  // Heads.
  std::vector<UserId> users = {};
  // Heads, and those of all their conversations.
  std::vector<UserId> renamed = {};
  std::vector<MessageKey> messages = {};
  // Accounts that are there or shall be.
  std::vector<std::string> logins = {};
  // Devices with their refresh tokens: by id, and by the hash of one of the tokens.
  std::vector<DeviceId> devices = {};
  std::vector<TokenHash> refresh_tokens = {};
};

// The reading ports of one transaction.
struct StoreReads {
  Directory& directory;
  Accounts& accounts;
  Memberships& memberships;
  Invites& invites;
  EventLog& log;
};

// The writing ports of one transaction.
struct StoreWrites {
  DirectoryWriter& directory;
  AccountWriter& accounts;
  MembershipWriter& memberships;
  InviteWriter& invites;
  EventLogWriter& log;
};

// Snapshots, one after another; belongs to one thread. begin() shows the store as of at least every
// commit that was answered before, and the reads don't see later ones. Reads that failed answer
// with nothing; end() tells: after an error nothing that was read may be used. The next begin()
// tries anew.
class ReadSession {
 public:
  virtual ~ReadSession() = default;
  virtual void begin() = 0;
  virtual StoreReads reads() = 0;
  virtual std::expected<void, StoreError> end() = 0;
  // Why a transaction failed last, in the store's words for the operator's log.
  virtual std::string trouble() const = 0;
};

// Write transactions, one after another; belongs to one thread. Between begin() and commit() reads
// see the own writes and nobody else sees them. After a failure everything answers with nothing and
// does nothing, and commit() says which: until commit() has said yes, nothing may be told to
// anybody. What it said yes to survives the death of the process and of the machine, all of it, as
// far as the store keeps anything. Transactions of several sessions that share a head take effect
// one after the other.
class WriteSession {
 public:
  virtual ~WriteSession() = default;
  virtual void begin(const Footprint& footprint) = 0;
  virtual StoreReads reads() = 0;
  virtual StoreWrites writes() = 0;
  // Ends the transaction either way; after an error none of it is there.
  virtual std::expected<void, StoreError> commit() = 0;
  // Ends the transaction, none of it is there.
  virtual void rollback() = 0;
  virtual std::string trouble() const = 0;
};

// Hands out sessions for the store threads; outlives them. The error is a text for the operator.
class Store {
 public:
  virtual ~Store() = default;
  virtual std::expected<std::unique_ptr<WriteSession>, std::string> open_writer() = 0;
  virtual std::expected<std::unique_ptr<ReadSession>, std::string> open_reader() = 0;
};

}  // namespace parlance::chat
