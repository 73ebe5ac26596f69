#include "chat/adapters/postgres/connection_url.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <utility>

#include <libpq-fe.h>

namespace parlance::chat::postgres {

namespace {

using Setting = std::pair<std::string_view, std::string_view>;

// Seconds to be connected, and how soon a peer that went away without a word is noticed
// (PostgreSQL's manual, "Parameter Key Words"; tcp_user_timeout in milliseconds).
constexpr std::array<Setting, 7> kSettings = {{{"connect_timeout", "3"},
                                               {"tcp_user_timeout", "5000"},
                                               {"keepalives_idle", "10"},
                                               {"keepalives_interval", "3"},
                                               {"keepalives_count", "3"},
                                               {"client_encoding", "UTF8"},
                                               {"fallback_application_name", "parlance"}}};

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

using Options = std::map<std::string, std::string, std::less<>>;

// What the URL says, by libpq's keywords; empty where libpq doesn't understand it.
Options options_of(const std::string& url) {
  const std::unique_ptr<PQconninfoOption, FreeOptions> parsed(
      PQconninfoParse(url.c_str(), nullptr));
  Options options;
  for (const PQconninfoOption* option = parsed.get();
       option != nullptr && option->keyword != nullptr;
       ++option) {
    if (option->val != nullptr) {
      options[option->keyword] = option->val;
    }
  }
  return options;
}

std::string value(const Options& options, std::string_view keyword) {
  const auto found = options.find(keyword);
  return found == options.end() ? std::string() : found->second;
}

// A password with an unescaped @, : or / ends up here in parts.
bool well_formed(const Options& options) {
  const std::string ports = value(options, "port");
  return !options.empty() && !value(options, "host").contains('@') &&
         !value(options, "dbname").contains('@') &&
         std::ranges::all_of(ports, [](char c) { return (c >= '0' && c <= '9') || c == ','; });
}

std::string shown(const Options& options) {
  std::string text = "postgres://";
  if (const std::string user = value(options, "user"); !user.empty()) {
    text += user + "@";
  }
  text += value(options, "host");
  if (const std::string port = value(options, "port"); !port.empty()) {
    text += ":" + port;
  }
  return text + "/" + value(options, "dbname");
}

}  // namespace

bool is_postgres_url(std::string_view url) {
  return url.starts_with("postgres://") || url.starts_with("postgresql://");
}

std::expected<ConnectionUrl, std::string> parse_connection_url(std::string_view url) {
  std::string full(url);
  const Options options = options_of(full);
  if (!is_postgres_url(url) || url.contains('\0') || !well_formed(options)) {
    return std::unexpected(
        "The store's address isn't one of Postgres (it isn't repeated here, because it may hold a "
        "password): give storage.url (--storage) postgres://USER:PASSWORD@HOST:PORT/DATABASE, in "
        "which special characters of the password are percent-encoded (@ is %40, : is %3A, / is "
        "%2F).");
  }
  // A question mark in the password is none.
  const auto host = std::min(url.find_first_of("@/", url.find("://") + 3), url.size());
  char separator = url.find('?', host) == std::string_view::npos ? '?' : '&';
  for (const auto& [keyword, setting] : kSettings) {
    if (!options.contains(keyword)) {
      full += separator;
      full.append(keyword).append("=").append(setting);
      separator = '&';
    }
  }
  return ConnectionUrl{.url = std::move(full), .shown = shown(options)};
}

}  // namespace parlance::chat::postgres
