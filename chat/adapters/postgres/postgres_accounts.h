// Accounts in the Postgres store.
#pragma once

#include "chat/adapters/postgres/connection.h"
#include "chat/ports/accounts.h"

namespace parlance::chat::postgres {

// What the transaction around has to know: it has rows of users of its own, some not written yet.
class AccountHooks {
 public:
  virtual ~AccountHooks() = default;
  // The database is going to be asked, or to be changed.
  virtual void before_question() = 0;
  virtual void before_change() = 0;
  virtual void on_new_user(const User& user) = 0;
  virtual void on_new_account(UserId user) = 0;
};

// Both ports on one connection. Accounts change seldom, so that each call is a statement of its own
// and nothing is gathered.
class PostgresAccounts final : public Accounts, public AccountWriter {
 public:
  // Without hooks for reading alone.
  explicit PostgresAccounts(Connection& connection, AccountHooks* hooks = nullptr)
      : connection_(connection), hooks_(hooks) {}

  std::optional<Account> account(UserId user) override;
  std::optional<Account> account_named(std::string_view login) override;
  std::optional<DeviceState> device(DeviceId id) override;
  std::vector<DeviceState> devices_of(UserId user) override;
  std::optional<RefreshToken> refresh_token(const TokenHash& hash) override;
  std::optional<RefreshToken> refresh_token(DeviceId device, std::int64_t number) override;
  std::int64_t last_token_number(DeviceId device) override;
  std::vector<FoundUser> find_users(std::string_view prefix, std::size_t limit) override;

  void add_account(const Account& account) override;
  void set_password_hash(UserId user, std::string_view password_hash) override;
  void add_user(const User& user) override;
  void add_device(const DeviceState& device) override;
  void update_device(const DeviceState& device) override;
  void remove_device(DeviceId device) override;
  void add_refresh_token(const RefreshToken& token) override;
  void forget_refresh_tokens(DeviceId device, std::int64_t before) override;

 private:
  Answer ask(const Statement& statement, const Parameters& parameters);
  void change(const Statement& statement, const Parameters& parameters);
  // Refuses the transaction where no row was changed.
  void change_one(const Statement& statement, const Parameters& parameters);

  Connection& connection_;
  AccountHooks* hooks_;
};

}  // namespace parlance::chat::postgres
