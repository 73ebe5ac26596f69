// Accounts, the devices they are signed in on, and the refresh tokens of these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "chat/domain/account.h"

namespace parlance::chat {

// Reading, with the guarantees of Directory.
class Accounts {
 public:
  virtual ~Accounts() = default;
  virtual std::optional<Account> account(UserId user) = 0;
  // The login as clean_login() gives it.
  virtual std::optional<Account> account_named(std::string_view login) = 0;
  virtual std::optional<DeviceState> device(DeviceId id) = 0;
  // The least recently used first: by last_used_at, then by id.
  virtual std::vector<DeviceState> devices_of(UserId user) = 0;
  virtual std::optional<RefreshToken> refresh_token(const TokenHash& hash) = 0;
  virtual std::optional<RefreshToken> refresh_token(DeviceId device, std::int64_t number) = 0;
  // The largest number that the device has had; 0 where it had none.
  virtual std::int64_t last_token_number(DeviceId device) = 0;
  // Accounts whose login or name begins with the prefix, which is in lower case; ASCII letters, at
  // least, count the same in either case. In the order of their logins, the first `limit` of them.
  virtual std::vector<FoundUser> find_users(std::string_view prefix, std::size_t limit) = 0;
};

// Writing, with the guarantees of DirectoryWriter: what is taken (a user's account, a login, an id,
// a token's hash or number) or isn't there (user, device) refuses the transaction.
class AccountWriter {
 public:
  virtual ~AccountWriter() = default;
  // From then on the user is no guest.
  virtual void add_account(const Account& account) = 0;
  virtual void set_password_hash(UserId user, std::string_view password_hash) = 0;
  // A user without device, who has to sign in on one.
  virtual void add_user(const User& user) = 0;
  virtual void add_device(const DeviceState& device) = 0;
  // Replaces its name, last_used_at and token_number.
  virtual void update_device(const DeviceState& device) = 0;
  // With all its tokens, a guest's included; its id may be added again. A device that isn't there
  // is gone already.
  virtual void remove_device(DeviceId device) = 0;
  virtual void add_refresh_token(const RefreshToken& token) = 0;
  // Those of the device with smaller numbers.
  virtual void forget_refresh_tokens(DeviceId device, std::int64_t before) = 0;
};

}  // namespace parlance::chat
