// The database as the operator names it: postgres://user:password@host:port/database?option=value.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace parlance::chat::postgres {

// A URL that libpq takes, and how it may be shown to people.
struct ConnectionUrl {
  std::string url;    // with what we ask of every connection; holds the password
  std::string shown;  // "postgres://user@host:port/database": nothing secret
};

// True for postgres:// and postgresql://.
bool is_postgres_url(std::string_view url);

// Adds the bounds on waiting that the URL doesn't set itself. The error is a text for the operator
// and never holds a part of the URL, because a badly written password may stand anywhere in it.
std::expected<ConnectionUrl, std::string> parse_connection_url(std::string_view url);

}  // namespace parlance::chat::postgres
