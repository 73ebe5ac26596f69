// The tables, and how an older file gets them.
#pragma once

#include <expected>
#include <string>

#include "chat/adapters/sqlite/connection.h"

namespace parlance::chat {

// Brings the database to the newest schema, one migration per transaction; a fresh file gets all of
// them. The error says what the file is instead, and what to do: it belongs to another program,
// isn't a database, or was written by a newer Parlance.
std::expected<void, std::string> upgrade_schema(Connection& connection, const std::string& path);

}  // namespace parlance::chat
