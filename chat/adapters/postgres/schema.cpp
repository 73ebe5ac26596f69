#include "chat/adapters/postgres/schema.h"

#include <array>
#include <cstddef>

namespace parlance::chat::postgres {

namespace {

// The oldest server with all that we ask of it (gen_random_uuid).
constexpr std::int64_t kOldestServer = 130'000;

// Any number that others don't take: "Parlance" in the keys of a phone.
constexpr const char* kLockSchema = "SELECT pg_advisory_xact_lock(72752623)";

// Times are milliseconds since 1970. Heads are updated with every batch: half of each page is left
// free, so that their new versions stay beside the old ones and no index has to be told. The log
// has no foreign keys: its conversation is known by the head, which the writer holds, its sender by
// the membership. A migration that was released is never changed: a new one follows. While one
// server is exchanged for the next both run on it, so that a column is added first, used then, and
// dropped releases later.
constexpr const char* kFirst = R"(
CREATE TABLE users (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  guest boolean NOT NULL,
  created_at bigint NOT NULL,
  last_r bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE devices (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users,
  token_hash bytea NOT NULL UNIQUE,
  created_at bigint NOT NULL
);

CREATE TABLE conversations (
  id uuid PRIMARY KEY,
  creator uuid NOT NULL REFERENCES users,
  title text NOT NULL,
  invite_code text NOT NULL UNIQUE,
  created_at bigint NOT NULL,
  last_q bigint NOT NULL DEFAULT 0,
  last_r bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE members (
  conversation uuid NOT NULL REFERENCES conversations,
  user_id uuid NOT NULL REFERENCES users,
  role smallint NOT NULL,
  joined_at bigint NOT NULL,
  visible_from bigint NOT NULL,
  PRIMARY KEY (conversation, user_id)
);
CREATE INDEX members_by_user ON members (user_id, conversation);

-- The id is the sender's cmid. It is unique for everybody in the conversation, so also for its sender.
CREATE TABLE messages (
  conversation uuid NOT NULL,
  q bigint NOT NULL,
  id uuid NOT NULL,
  r bigint NOT NULL,
  sender uuid NOT NULL,
  at bigint NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (conversation, q),
  UNIQUE (conversation, id)
);

-- Every change; what doesn't belong to its kind is NULL. A message is looked up by its q.
CREATE TABLE conversation_events (
  conversation uuid NOT NULL,
  r bigint NOT NULL,
  at bigint NOT NULL,
  kind smallint NOT NULL,
  q bigint,
  user_id uuid,
  text text,
  role smallint,
  joined_at bigint,
  visible_from bigint,
  PRIMARY KEY (conversation, r)
);

CREATE TABLE user_events (
  user_id uuid NOT NULL,
  r bigint NOT NULL,
  at bigint NOT NULL,
  kind smallint NOT NULL,
  conversation uuid,
  text text,
  invite_code text,
  created_at bigint,
  last_q bigint,
  last_r bigint,
  PRIMARY KEY (user_id, r)
);

-- The last transaction of each writer, written in it: by this a writer that lost its connection during
-- a COMMIT finds out how that ended.
CREATE TABLE writers (
  id uuid PRIMARY KEY,
  last bigint NOT NULL,
  changed timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 10);
)";

constexpr const char* kConversationProfiles = R"(
ALTER TABLE conversations ADD COLUMN kind smallint NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN archived boolean NOT NULL DEFAULT false;
ALTER TABLE conversations ADD COLUMN may_post smallint NOT NULL DEFAULT 4;
ALTER TABLE conversations ADD COLUMN may_call smallint NOT NULL DEFAULT 4;
ALTER TABLE members ADD COLUMN muted boolean NOT NULL DEFAULT false;
ALTER TABLE conversation_events ADD COLUMN archived boolean;
ALTER TABLE conversation_events ADD COLUMN may_post smallint;
ALTER TABLE conversation_events ADD COLUMN may_call smallint;
ALTER TABLE conversation_events ADD COLUMN muted boolean;
ALTER TABLE user_events ADD COLUMN conversation_kind smallint;
ALTER TABLE user_events ADD COLUMN archived boolean;
ALTER TABLE user_events ADD COLUMN may_post smallint;
ALTER TABLE user_events ADD COLUMN may_call smallint;
)";

// A guest's device has a token of its own, an account's device has refresh tokens.
constexpr const char* kAccounts = R"(
CREATE TABLE accounts (
  user_id uuid PRIMARY KEY REFERENCES users,
  login text NOT NULL UNIQUE,
  password_hash text NOT NULL,
  admin boolean NOT NULL,
  created_at bigint NOT NULL
);
CREATE INDEX accounts_by_login ON accounts (login text_pattern_ops);

ALTER TABLE devices
  ALTER COLUMN token_hash DROP NOT NULL,
  ADD COLUMN name text NOT NULL DEFAULT '',
  ADD COLUMN last_used_at bigint NOT NULL DEFAULT 0,
  ADD COLUMN token_number bigint NOT NULL DEFAULT 0;
UPDATE devices SET last_used_at = created_at;
CREATE INDEX devices_by_user ON devices (user_id, last_used_at);

CREATE TABLE refresh_tokens (
  device uuid NOT NULL REFERENCES devices,
  number bigint NOT NULL,
  parent bigint NOT NULL,
  hash bytea NOT NULL UNIQUE,
  PRIMARY KEY (device, number)
);

CREATE INDEX users_by_name ON users (lower(name) text_pattern_ops) WHERE NOT guest;
)";

constexpr const char* kInvitesAndBans = R"(
CREATE TABLE invites (
  id uuid PRIMARY KEY,
  conversation uuid NOT NULL REFERENCES conversations,
  code text NOT NULL UNIQUE,
  creator uuid NOT NULL REFERENCES users,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  max_uses bigint NOT NULL,
  uses bigint NOT NULL
);
CREATE INDEX invites_by_conversation ON invites (conversation, id);

CREATE TABLE bans (
  conversation uuid NOT NULL REFERENCES conversations,
  user_id uuid NOT NULL REFERENCES users,
  PRIMARY KEY (conversation, user_id)
);
)";

constexpr std::array kMigrations = {kFirst, kConversationProfiles, kAccounts, kInvitesAndBans};

// Nothing, or why the database isn't fit for us.
std::string unfit(Connection& connection) {
  Answer found = connection.execute(
      "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), "
      "pg_is_in_recovery()::int, current_setting('fsync')");
  if (!found.row()) {
    return {};
  }
  if (found.integer() < kOldestServer) {
    return "its Postgres is older than version 13: use a newer one";
  }
  if (const std::string encoding = found.text(); encoding != "UTF8") {
    return "its encoding is " + encoding + ": make one with CREATE DATABASE ... ENCODING 'UTF8'";
  }
  if (found.integer() != 0) {
    return "it is a standby, which can't be written: name the primary in storage.url (--storage)";
  }
  if (found.text() != "on") {
    return "its Postgres runs with fsync=off and can lose acknowledged messages: set fsync=on";
  }
  return {};
}

// How many migrations the database has had; makes the table that counts them.
std::expected<std::size_t, std::string> version_of(Connection& connection) {
  connection.execute(kLockSchema);
  Answer table = connection.execute(
      "SELECT count(*) FROM information_schema.columns WHERE table_schema = current_schema() "
      "AND table_name = 'schema_version' AND column_name <> 'parlance'");
  if (table.row() && table.integer() > 0) {
    return std::unexpected(
        "its table schema_version is another program's: give Parlance a database "
        "of its own");
  }
  Answer version = connection.execute(
      "CREATE TABLE IF NOT EXISTS schema_version (parlance bigint NOT NULL);"
      "INSERT INTO schema_version SELECT 0 WHERE NOT EXISTS (SELECT FROM schema_version);"
      "SELECT parlance FROM schema_version");
  return version.row() ? static_cast<std::size_t>(version.integer()) : 0;
}

}  // namespace

std::expected<void, std::string> upgrade_schema(Connection& connection, const std::string& shown) {
  const auto failed = [&](const std::string& why) {
    connection.rollback();
    return std::unexpected("The database " + shown + " can't be used: " + why + ".");
  };
  // A long migration, and the wait for another server that runs one.
  connection.begin("BEGIN; SET LOCAL statement_timeout = 0");
  if (const std::string why = unfit(connection); !why.empty()) {
    return failed(why);
  }
  const auto done = version_of(connection);
  if (!done) {
    return failed(done.error());
  }
  if (*done > kMigrations.size()) {
    return failed("it was written by a newer Parlance: it has schema " + std::to_string(*done) +
                  ", this program knows up to " + std::to_string(kMigrations.size()) +
                  "; start the newer program, or name another database with storage.url "
                  "(--storage)");
  }
  for (std::size_t i = *done; i < kMigrations.size(); ++i) {
    connection.execute(kMigrations[i]);
    connection.execute("UPDATE schema_version SET parlance = " + std::to_string(i + 1));
  }
  if (!connection.commit()) {
    return failed(connection.trouble() +
                  "; make sure that its user may create tables there (GRANT CREATE ON SCHEMA "
                  "public), and that it holds no other program's tables");
  }
  return {};
}

}  // namespace parlance::chat::postgres
