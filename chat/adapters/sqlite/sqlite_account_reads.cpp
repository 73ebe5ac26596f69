// The half of SqliteReads that is about accounts.
#include <string>
#include <utility>

#include "chat/adapters/sqlite/sqlite_reads.h"

namespace parlance::chat {

namespace {

template <typename Value>
std::optional<Value> unless_failed(const Connection& connection, Value value) {
  return connection.failed() ? std::nullopt : std::optional<Value>(std::move(value));
}

std::optional<Account> read_account(Connection& connection, Execution& found) {
  if (!found.row()) {
    return std::nullopt;
  }
  Account account;
  account.user = found.id<UserId>();
  account.login = found.text();
  account.password_hash = found.text();
  account.admin = found.integer() != 0;
  account.created_at = found.integer();
  return unless_failed(connection, std::move(account));
}

// id, user, name, created_at, last_used_at, token_number
DeviceState read_device(Execution& row) {
  DeviceState device;
  device.id = row.id<DeviceId>();
  device.user = row.id<UserId>();
  device.name = row.text();
  device.created_at = row.integer();
  device.last_used_at = row.integer();
  device.token_number = row.integer();
  return device;
}

std::optional<RefreshToken> read_token(Connection& connection, Execution& found) {
  if (!found.row()) {
    return std::nullopt;
  }
  RefreshToken token;
  token.device = found.id<DeviceId>();
  token.number = found.integer();
  token.parent = found.integer();
  token.hash = found.bytes<TokenHash>();
  return unless_failed(connection, token);
}

// The first text that no text beginning with the prefix reaches: no character is above U+10FFFF.
std::string end_of(std::string_view prefix) {
  return std::string(prefix) + "\xF4\x8F\xBF\xBF";
}

}  // namespace

std::optional<Account> SqliteReads::account(UserId user) {
  Execution found(connection_,
                  "SELECT user, login, password_hash, admin, created_at FROM accounts "
                  "WHERE user = ?");
  return read_account(connection_, found.bind(user));
}

std::optional<Account> SqliteReads::account_named(std::string_view login) {
  Execution found(connection_,
                  "SELECT user, login, password_hash, admin, created_at FROM accounts "
                  "WHERE login = ?");
  return read_account(connection_, found.bind(login));
}

std::optional<DeviceState> SqliteReads::device(DeviceId id) {
  Execution found(connection_,
                  "SELECT id, user, name, created_at, last_used_at, token_number FROM devices "
                  "WHERE id = ?");
  if (!found.bind(id).row()) {
    return std::nullopt;
  }
  return unless_failed(connection_, read_device(found));
}

std::vector<DeviceState> SqliteReads::devices_of(UserId user) {
  Execution found(connection_,
                  "SELECT id, user, name, created_at, last_used_at, token_number FROM devices "
                  "WHERE user = ? ORDER BY last_used_at, id");
  found.bind(user);
  std::vector<DeviceState> devices;
  while (found.row()) {
    devices.push_back(read_device(found));
  }
  return connection_.failed() ? std::vector<DeviceState>{} : devices;
}

std::optional<RefreshToken> SqliteReads::refresh_token(const TokenHash& hash) {
  Execution found(connection_,
                  "SELECT device, number, parent, hash FROM refresh_tokens WHERE hash = ?");
  return read_token(connection_, found.bind(hash));
}

std::optional<RefreshToken> SqliteReads::refresh_token(DeviceId device, std::int64_t number) {
  Execution found(connection_,
                  "SELECT device, number, parent, hash FROM refresh_tokens "
                  "WHERE device = ? AND number = ?");
  return read_token(connection_, found.bind(device).bind(number));
}

std::int64_t SqliteReads::last_token_number(DeviceId device) {
  Execution found(connection_,
                  "SELECT coalesce(max(number), 0) FROM refresh_tokens WHERE device = ?");
  return found.bind(device).row() ? found.integer() : 0;
}

std::vector<FoundUser> SqliteReads::find_users(std::string_view prefix, std::size_t limit) {
  // Each half by its own index. SQLite's lower() knows ASCII only.
  Execution found(connection_,
                  "SELECT a.user, a.login, u.name FROM accounts a JOIN users u ON u.id = a.user "
                  "WHERE a.login >= ? AND a.login < ? UNION "
                  "SELECT a.user, a.login, u.name FROM users u JOIN accounts a ON a.user = u.id "
                  "WHERE u.guest = 0 AND lower(u.name) >= ? AND lower(u.name) < ? "
                  "ORDER BY 2 LIMIT ?");
  const std::string end = end_of(prefix);
  found.bind(prefix).bind(end).bind(prefix).bind(end).bind(static_cast<std::int64_t>(limit));
  std::vector<FoundUser> users;
  while (found.row()) {
    FoundUser& user = users.emplace_back();
    user.id = found.id<UserId>();
    user.login = found.text();
    user.name = found.text();
  }
  return connection_.failed() ? std::vector<FoundUser>{} : users;
}

}  // namespace parlance::chat
