// The half of SqliteWrites that is about accounts.
#include <cstdint>

#include "chat/adapters/sqlite/sqlite_writes.h"

namespace parlance::chat {

void SqliteWrites::add_account(const Account& account) {
  Execution(connection_,
            "INSERT INTO accounts (user, login, password_hash, admin, created_at) "
            "VALUES (?, ?, ?, ?, ?)")
      .bind(account.user)
      .bind(account.login)
      .bind(account.password_hash)
      .bind(std::int64_t{account.admin})
      .bind(account.created_at)
      .run();
  Execution(connection_, "UPDATE users SET guest = 0 WHERE id = ?").bind(account.user).run();
}

void SqliteWrites::set_password_hash(UserId user, std::string_view password_hash) {
  const int changed = Execution(connection_, "UPDATE accounts SET password_hash = ? WHERE user = ?")
                          .bind(password_hash)
                          .bind(user)
                          .run();
  if (changed != 1) {
    connection_.refuse("an account to change isn't there");
  }
}

void SqliteWrites::add_user(const User& user) {
  Execution(connection_, "INSERT INTO users (id, name, guest, created_at) VALUES (?, ?, ?, ?)")
      .bind(user.id)
      .bind(user.name)
      .bind(std::int64_t{user.guest})
      .bind(user.created_at)
      .run();
}

void SqliteWrites::add_device(const DeviceState& device) {
  Execution(connection_,
            "INSERT INTO devices (id, user, name, created_at, last_used_at, token_number) "
            "VALUES (?, ?, ?, ?, ?, ?)")
      .bind(device.id)
      .bind(device.user)
      .bind(device.name)
      .bind(device.created_at)
      .bind(device.last_used_at)
      .bind(device.token_number)
      .run();
}

void SqliteWrites::update_device(const DeviceState& device) {
  const int changed =
      Execution(connection_,
                "UPDATE devices SET name = ?, last_used_at = ?, token_number = ? WHERE id = ?")
          .bind(device.name)
          .bind(device.last_used_at)
          .bind(device.token_number)
          .bind(device.id)
          .run();
  if (changed != 1) {
    connection_.refuse("a device to change isn't there");
  }
}

void SqliteWrites::remove_device(DeviceId device) {
  Execution(connection_, "DELETE FROM refresh_tokens WHERE device = ?").bind(device).run();
  Execution(connection_, "DELETE FROM devices WHERE id = ?").bind(device).run();
}

void SqliteWrites::add_refresh_token(const RefreshToken& token) {
  Execution(connection_,
            "INSERT INTO refresh_tokens (device, number, parent, hash) VALUES (?, ?, ?, ?)")
      .bind(token.device)
      .bind(token.number)
      .bind(token.parent)
      .bind(token.hash)
      .run();
}

void SqliteWrites::forget_refresh_tokens(DeviceId device, std::int64_t before) {
  Execution(connection_, "DELETE FROM refresh_tokens WHERE device = ? AND number < ?")
      .bind(device)
      .bind(before)
      .run();
}

}  // namespace parlance::chat
