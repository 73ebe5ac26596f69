// The tables, and how an older database gets them.
#pragma once

#include <expected>
#include <string>

#include "chat/adapters/postgres/connection.h"

namespace parlance::chat::postgres {

// Makes sure that the database can keep what we promise and brings it to the newest schema, one
// process at a time. The error says what is in the way, and what to do; `shown` is how it names the
// database.
std::expected<void, std::string> upgrade_schema(Connection& connection, const std::string& shown);

}  // namespace parlance::chat::postgres
