// The store in Postgres, which several servers may share.
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <string>

#include "chat/ports/store.h"

namespace parlance::chat {

// postgres://user:password@host:port/database, with libpq's options after a question mark.
struct PostgresOptions {
  std::string url;
  // After this long without an answer the server counts as lost.
  std::chrono::milliseconds patience{5'000};
};

// Connects and brings the schema up to date. Each session is a connection of its own, made anew by
// the next begin() after it was lost. The error is a text for the operator: what is wrong and what
// to change; it never shows the password.
std::expected<std::unique_ptr<Store>, std::string> open_postgres_store(PostgresOptions options);

}  // namespace parlance::chat
