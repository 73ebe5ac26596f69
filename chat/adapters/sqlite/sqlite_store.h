// The store in one file: production quality for one node.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "chat/adapters/sqlite/connection.h"
#include "chat/ports/store.h"

namespace parlance::chat {

// Opens or makes the database at `file.path` and its folder, holds it against other processes as
// long as the store lives, and brings the schema up to date. Sessions are connections: one writer,
// any number of readers beside it. The error is a text for the operator: what is wrong and what to
// change.
std::expected<std::unique_ptr<Store>, std::string> open_sqlite_store(SqliteFile file);

}  // namespace parlance::chat
