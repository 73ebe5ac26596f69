#include "chat/adapters/sqlite/schema.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace parlance::chat {

namespace {

// "Prlc": tells our files from those of other programs (SQLite's manual, PRAGMA application_id).
constexpr std::string_view kApplicationId = "1349676131";

// Ids are 16 bytes, times milliseconds since 1970. Rows are stored in the order of their keys, so
// that a page of history or of events lies together. A migration that was released is never
// changed: a new one follows.
constexpr const char* kFirst = R"(
CREATE TABLE users (
  id BLOB PRIMARY KEY,
  name TEXT NOT NULL,
  guest INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  last_r INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
  id BLOB PRIMARY KEY,
  user BLOB NOT NULL REFERENCES users,
  token_hash BLOB NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE conversations (
  id BLOB PRIMARY KEY,
  creator BLOB NOT NULL REFERENCES users,
  title TEXT NOT NULL,
  invite_code TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  last_q INTEGER NOT NULL DEFAULT 0,
  last_r INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
  conversation BLOB NOT NULL REFERENCES conversations,
  user BLOB NOT NULL REFERENCES users,
  role INTEGER NOT NULL,
  joined_at INTEGER NOT NULL,
  visible_from INTEGER NOT NULL,
  PRIMARY KEY (conversation, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_user ON members (user, conversation);

-- The id is the sender's cmid. It is unique for everybody in the conversation, so also for its sender.
CREATE TABLE messages (
  conversation BLOB NOT NULL REFERENCES conversations,
  q INTEGER NOT NULL,
  id BLOB NOT NULL,
  r INTEGER NOT NULL,
  sender BLOB NOT NULL REFERENCES users,
  at INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (conversation, q),
  UNIQUE (conversation, id)
) STRICT, WITHOUT ROWID;

-- Every change; what doesn't belong to its kind is NULL. A message is looked up by its q.
CREATE TABLE conversation_events (
  conversation BLOB NOT NULL REFERENCES conversations,
  r INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  q INTEGER,
  user BLOB,
  text TEXT,
  role INTEGER,
  joined_at INTEGER,
  visible_from INTEGER,
  PRIMARY KEY (conversation, r)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_events (
  user BLOB NOT NULL REFERENCES users,
  r INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  conversation BLOB,
  text TEXT,
  invite_code TEXT,
  created_at INTEGER,
  last_q INTEGER,
  last_r INTEGER,
  PRIMARY KEY (user, r)
) STRICT, WITHOUT ROWID;
)";

constexpr const char* kConversationProfiles = R"(
ALTER TABLE conversations ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN may_post INTEGER NOT NULL DEFAULT 4;
ALTER TABLE conversations ADD COLUMN may_call INTEGER NOT NULL DEFAULT 4;
ALTER TABLE members ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation_events ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation_events ADD COLUMN may_post INTEGER NOT NULL DEFAULT 4;
ALTER TABLE conversation_events ADD COLUMN may_call INTEGER NOT NULL DEFAULT 4;
ALTER TABLE conversation_events ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE user_events ADD COLUMN conversation_kind INTEGER;
ALTER TABLE user_events ADD COLUMN archived INTEGER;
ALTER TABLE user_events ADD COLUMN may_post INTEGER;
ALTER TABLE user_events ADD COLUMN may_call INTEGER;
)";

// A guest's device has a token of its own, an account's device has refresh tokens.
constexpr const char* kAccounts = R"(
CREATE TABLE accounts (
  user BLOB PRIMARY KEY REFERENCES users,
  login TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  admin INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE devices_with_names (
  id BLOB PRIMARY KEY,
  user BLOB NOT NULL REFERENCES users,
  guest_token_hash BLOB UNIQUE,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  token_number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO devices_with_names SELECT id, user, token_hash, '', created_at, created_at, 0 FROM devices;
DROP TABLE devices;
ALTER TABLE devices_with_names RENAME TO devices;
CREATE INDEX devices_by_user ON devices (user, last_used_at);

CREATE TABLE refresh_tokens (
  device BLOB NOT NULL REFERENCES devices,
  number INTEGER NOT NULL,
  parent INTEGER NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  PRIMARY KEY (device, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX users_by_name ON users (lower(name)) WHERE guest = 0;
)";

constexpr const char* kInvitesAndBans = R"(
CREATE TABLE invites (
  id BLOB PRIMARY KEY,
  conversation BLOB NOT NULL REFERENCES conversations,
  code TEXT NOT NULL UNIQUE,
  creator BLOB NOT NULL REFERENCES users,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  max_uses INTEGER NOT NULL,
  uses INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX invites_by_conversation ON invites (conversation, id);

CREATE TABLE bans (
  conversation BLOB NOT NULL REFERENCES conversations,
  user BLOB NOT NULL REFERENCES users,
  PRIMARY KEY (conversation, user)
) STRICT, WITHOUT ROWID;
)";

// PRAGMA user_version counts how many of these a file has had.
constexpr std::array kMigrations = {kFirst, kConversationProfiles, kAccounts, kInvitesAndBans};

std::expected<void, std::string> refuse_foreign(Connection& connection, const std::string& path) {
  const auto application = connection.answer("PRAGMA application_id");
  const auto tables = connection.answer("SELECT count(*) FROM sqlite_schema");
  if (!application || !tables) {
    return std::unexpected(
        path +
        " can't be read as a database: " + (application ? tables.error() : application.error()) +
        ". Move the file away, or name another one with storage.url (--storage).");
  }
  const bool fresh = *application == "0" && *tables == "0";
  if (!fresh && *application != kApplicationId) {
    return std::unexpected(
        path +
        " is a database of another program. Name another file with storage.url (--storage).");
  }
  return {};
}

}  // namespace

std::expected<void, std::string> upgrade_schema(Connection& connection, const std::string& path) {
  if (auto ours = refuse_foreign(connection, path); !ours) {
    return ours;
  }
  const auto failed = [&](const std::string& why) {
    return std::unexpected("The database " + path + " can't be brought up to date: " + why +
                           ". Make sure that the file and its folder are writable and the disk "
                           "isn't full.");
  };
  const auto version = connection.answer("PRAGMA user_version");
  if (!version) {
    return failed(version.error());
  }
  const auto done = static_cast<std::size_t>(std::stoull(*version));
  if (done > kMigrations.size()) {
    return std::unexpected(
        "The database " + path + " was written by a newer Parlance: it has schema " + *version +
        ", this program knows up to " + std::to_string(kMigrations.size()) +
        ". Start the newer program, or name another file with storage.url (--storage).");
  }
  const auto journal = connection.answer("PRAGMA journal_mode=WAL");
  if (!journal || *journal != "wal") {
    return failed(journal ? "no write-ahead log, but " + *journal : journal.error());
  }
  for (std::size_t i = done; i < kMigrations.size(); ++i) {
    const std::string step = std::string("BEGIN IMMEDIATE;") + kMigrations[i] +
                             "PRAGMA application_id=" + std::string(kApplicationId) +
                             ";PRAGMA user_version=" + std::to_string(i + 1) + ";COMMIT;";
    if (const auto ran = connection.execute(step); !ran) {
      static_cast<void>(connection.execute("ROLLBACK"));
      return failed(ran.error());
    }
  }
  return {};
}

}  // namespace parlance::chat
