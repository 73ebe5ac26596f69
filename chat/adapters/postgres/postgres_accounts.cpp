#include "chat/adapters/postgres/postgres_accounts.h"

#include <string>
#include <utility>

#include "chat/adapters/postgres/postgres_reads.h"
#include "chat/domain/text_rules.h"

namespace parlance::chat::postgres {

namespace {

constexpr Statement kAccount = {
    "read_account",
    "SELECT user_id, login, password_hash, admin::int, created_at FROM accounts "
    "WHERE user_id = $1::uuid"};

constexpr Statement kAccountNamed = {
    "read_account_named",
    "SELECT user_id, login, password_hash, admin::int, created_at FROM accounts "
    "WHERE login = $1::text"};

constexpr Statement kDeviceState = {
    "read_device_state",
    "SELECT id, user_id, name, created_at, last_used_at, token_number FROM devices "
    "WHERE id = $1::uuid"};

constexpr Statement kDevicesOf = {
    "read_devices_of",
    "SELECT id, user_id, name, created_at, last_used_at, token_number FROM devices "
    "WHERE user_id = $1::uuid ORDER BY last_used_at, id"};

constexpr Statement kTokenOfHash = {
    "read_refresh_token",
    "SELECT device, number, parent, encode(hash, 'hex') FROM refresh_tokens "
    "WHERE hash = decode($1::text, 'hex')"};

constexpr Statement kTokenOfNumber = {
    "read_refresh_token_numbered",
    "SELECT device, number, parent, encode(hash, 'hex') FROM refresh_tokens "
    "WHERE device = $1::uuid AND number = $2::bigint"};

constexpr Statement kLastNumber = {
    "read_last_token_number",
    "SELECT coalesce(max(number), 0) FROM refresh_tokens WHERE device = $1::uuid"};

// Each half by its own index, whose operators compare bytes.
constexpr Statement kFindUsers = {
    "find_users",
    "SELECT user_id, login, name FROM ("
    "SELECT a.user_id, a.login, u.name FROM accounts a JOIN users u ON u.id = a.user_id "
    "WHERE a.login ~>=~ $1::text AND a.login ~<~ ($1::text || $2::text) UNION "
    "SELECT a.user_id, a.login, u.name FROM users u JOIN accounts a ON a.user_id = u.id "
    "WHERE NOT u.guest AND lower(u.name) ~>=~ lower($1::text) "
    "AND lower(u.name) ~<~ (lower($1::text) || $2::text)) AS found "
    "ORDER BY login COLLATE \"C\" LIMIT $3::bigint"};

constexpr Statement kAddAccount = {
    "add_account",
    "INSERT INTO accounts (user_id, login, password_hash, admin, created_at) "
    "VALUES ($1::uuid, $2::text, $3::text, $4::bigint <> 0, $5::bigint)"};

constexpr Statement kNoGuest = {"end_guest", "UPDATE users SET guest = false WHERE id = $1::uuid"};

constexpr Statement kSetPassword = {
    "set_password", "UPDATE accounts SET password_hash = $2::text WHERE user_id = $1::uuid"};

constexpr Statement kAddUser = {"add_user",
                                "INSERT INTO users (id, name, guest, created_at) "
                                "VALUES ($1::uuid, $2::text, $3::bigint <> 0, $4::bigint)"};

constexpr Statement kAddDevice = {
    "add_device",
    "INSERT INTO devices (id, user_id, name, created_at, last_used_at, token_number) "
    "VALUES ($1::uuid, $2::uuid, $3::text, $4::bigint, $5::bigint, $6::bigint)"};

constexpr Statement kUpdateDevice = {
    "update_device",
    "UPDATE devices SET name = $2::text, last_used_at = $3::bigint, token_number = $4::bigint "
    "WHERE id = $1::uuid"};

constexpr Statement kRemoveTokens = {"remove_refresh_tokens",
                                     "DELETE FROM refresh_tokens WHERE device = $1::uuid"};

constexpr Statement kRemoveDevice = {"remove_device", "DELETE FROM devices WHERE id = $1::uuid"};

constexpr Statement kAddToken = {
    "add_refresh_token",
    "INSERT INTO refresh_tokens (device, number, parent, hash) "
    "VALUES ($1::uuid, $2::bigint, $3::bigint, decode($4::text, 'hex'))"};

constexpr Statement kForgetTokens = {
    "forget_refresh_tokens",
    "DELETE FROM refresh_tokens WHERE device = $1::uuid AND number < $2::bigint"};

// No text that begins with a prefix is above the prefix and this, the last code point.
constexpr const char* kLastCharacter = "\xF4\x8F\xBF\xBF";

// False for what is no text, or holds what Postgres wouldn't even compare.
bool is_comparable(std::string_view text) {
  return clean_body(text).has_value();
}

std::optional<Account> first_account(Answer found) {
  if (!found.row()) {
    return std::nullopt;
  }
  Account account;
  account.user = found.id<UserId>();
  account.login = found.text();
  account.password_hash = found.text();
  account.admin = found.integer() != 0;
  account.created_at = found.integer();
  return account;
}

DeviceState read_device(Answer& row) {
  DeviceState device;
  device.id = row.id<DeviceId>();
  device.user = row.id<UserId>();
  device.name = row.text();
  device.created_at = row.integer();
  device.last_used_at = row.integer();
  device.token_number = row.integer();
  return device;
}

unsigned digit_of(char c) {
  return static_cast<unsigned>(c >= 'a' ? c - 'a' + 10 : c - '0');
}

TokenHash hash_of(std::string_view hex) {
  TokenHash hash{};
  for (std::size_t i = 0; i < hash.size() && 2 * i + 1 < hex.size(); ++i) {
    hash[i] = static_cast<std::uint8_t>(digit_of(hex[2 * i]) << 4U | digit_of(hex[2 * i + 1]));
  }
  return hash;
}

std::optional<RefreshToken> first_token(Answer found) {
  if (!found.row()) {
    return std::nullopt;
  }
  RefreshToken token;
  token.device = found.id<DeviceId>();
  token.number = found.integer();
  token.parent = found.integer();
  token.hash = hash_of(found.text());
  return token;
}

}  // namespace

Answer PostgresAccounts::ask(const Statement& statement, const Parameters& parameters) {
  if (hooks_ != nullptr) {
    hooks_->before_question();
  }
  return connection_.run(statement, parameters);
}

void PostgresAccounts::change(const Statement& statement, const Parameters& parameters) {
  if (hooks_ != nullptr) {
    hooks_->before_change();
  }
  connection_.run(statement, parameters);
}

void PostgresAccounts::change_one(const Statement& statement, const Parameters& parameters) {
  if (hooks_ != nullptr) {
    hooks_->before_change();
  }
  if (connection_.run(statement, parameters).changed() != 1 && !connection_.failed()) {
    connection_.refuse("an account or device to change isn't there");
  }
}

std::optional<Account> PostgresAccounts::account(UserId user) {
  return first_account(ask(kAccount, {user}));
}

std::optional<Account> PostgresAccounts::account_named(std::string_view login) {
  if (!is_comparable(login)) {
    return std::nullopt;
  }
  return first_account(ask(kAccountNamed, {std::string(login)}));
}

std::optional<DeviceState> PostgresAccounts::device(DeviceId id) {
  Answer found = ask(kDeviceState, {id});
  return found.row() ? std::optional(read_device(found)) : std::nullopt;
}

std::vector<DeviceState> PostgresAccounts::devices_of(UserId user) {
  Answer found = ask(kDevicesOf, {user});
  std::vector<DeviceState> devices;
  while (found.row()) {
    devices.push_back(read_device(found));
  }
  return devices;
}

std::optional<RefreshToken> PostgresAccounts::refresh_token(const TokenHash& hash) {
  return first_token(ask(kTokenOfHash, {hex_of(hash)}));
}

std::optional<RefreshToken> PostgresAccounts::refresh_token(DeviceId device, std::int64_t number) {
  return first_token(ask(kTokenOfNumber, {device, number}));
}

std::int64_t PostgresAccounts::last_token_number(DeviceId device) {
  Answer found = ask(kLastNumber, {device});
  return found.row() ? found.integer() : 0;
}

std::vector<FoundUser> PostgresAccounts::find_users(std::string_view prefix, std::size_t limit) {
  std::vector<FoundUser> users;
  if (!is_comparable(prefix)) {
    return users;
  }
  Answer found =
      ask(kFindUsers,
          {std::string(prefix), std::string(kLastCharacter), static_cast<std::int64_t>(limit)});
  while (found.row()) {
    FoundUser& user = users.emplace_back();
    user.id = found.id<UserId>();
    user.login = found.text();
    user.name = found.text();
  }
  return users;
}

void PostgresAccounts::add_account(const Account& account) {
  change(kAddAccount,
         {account.user,
          account.login,
          account.password_hash,
          std::int64_t{account.admin},
          account.created_at});
  change(kNoGuest, {account.user});
  if (hooks_ != nullptr) {
    hooks_->on_new_account(account.user);
  }
}

void PostgresAccounts::set_password_hash(UserId user, std::string_view password_hash) {
  change_one(kSetPassword, {user, std::string(password_hash)});
}

void PostgresAccounts::add_user(const User& user) {
  change(kAddUser, {user.id, user.name, std::int64_t{user.guest}, user.created_at});
  if (hooks_ != nullptr) {
    hooks_->on_new_user(user);
  }
}

void PostgresAccounts::add_device(const DeviceState& device) {
  change(kAddDevice,
         {device.id,
          device.user,
          device.name,
          device.created_at,
          device.last_used_at,
          device.token_number});
}

void PostgresAccounts::update_device(const DeviceState& device) {
  change_one(kUpdateDevice, {device.id, device.name, device.last_used_at, device.token_number});
}

void PostgresAccounts::remove_device(DeviceId device) {
  change(kRemoveTokens, {device});
  change(kRemoveDevice, {device});
}

void PostgresAccounts::add_refresh_token(const RefreshToken& token) {
  change(kAddToken, {token.device, token.number, token.parent, hex_of(token.hash)});
}

void PostgresAccounts::forget_refresh_tokens(DeviceId device, std::int64_t before) {
  change(kForgetTokens, {device, before});
}

}  // namespace parlance::chat::postgres
