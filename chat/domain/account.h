// Accounts: who may sign in, on which devices, and for how long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "chat/domain/types.h"

namespace parlance::chat {

// Limits that clients are told of (docs/limits.md).
inline constexpr std::size_t kMinLoginCharacters = 3;
inline constexpr std::size_t kMaxLoginCharacters = 32;
inline constexpr std::size_t kMinPasswordCharacters = 8;
inline constexpr std::size_t kMaxPasswordCharacters = 256;
inline constexpr std::size_t kMaxDevices = 32;  // of an account; signing in on one more ends one
inline constexpr std::size_t kMaxFoundUsers = 20;
inline constexpr std::size_t kMaxSearchBytes = 64;
// Refresh tokens of a device that were superseded and are still known: whoever shows one of them
// has a copy. Older ones are just wrong.
inline constexpr std::int64_t kMaxDeadTokens = 64;

// How long a device stays signed in without a sign of life, and at all (ASVS 5.0, 10.4.8).
inline constexpr UnixMillis kRefreshIdleMs = UnixMillis{30} * 24 * 3600 * 1000;
inline constexpr UnixMillis kRefreshLifetimeMs = UnixMillis{90} * 24 * 3600 * 1000;
inline constexpr UnixMillis kAccessTokenMs = UnixMillis{10} * 60 * 1000;

// A user that can sign in. Being in this table is what makes a user no guest.
struct Account {
  UserId user;
  std::string login;          // as clean_login() gives it
  std::string password_hash;  // PHC string; says by itself how it was made
  bool admin = false;
  UnixMillis created_at = 0;

  bool operator==(const Account&) const = default;
};

// A device that somebody is signed in on, as its user sees it.
struct DeviceState {
  DeviceId id;
  UserId user;
  std::string name;  // what the user calls it; empty for a guest's
  UnixMillis created_at = 0;
  UnixMillis last_used_at = 0;
  // Number of the refresh token that was used last or, before any was, of the first one; 0 where
  // the device has a guest's token instead.
  std::int64_t token_number = 0;

  bool operator==(const DeviceState&) const = default;
};

// One of a device's refresh tokens, which are numbered from 1. It may be used while its parent or
// itself is the device's token_number: the parent dies when the child, or an access token that was
// issued with the child, is used first, so that a lost answer costs nothing.
struct RefreshToken {
  DeviceId device;
  std::int64_t number = 0;
  std::int64_t parent = 0;  // 0: from signing in
  TokenHash hash{};

  bool operator==(const RefreshToken&) const = default;
};

// An account as others find it.
struct FoundUser {
  UserId id;
  std::string login;
  std::string name;

  bool operator==(const FoundUser&) const = default;
};

// The name to sign in with, in lower case; nothing where it is too short or long, or holds anything
// but ASCII letters, digits, '.', '_' and '-', or begins with one of the marks.
std::optional<std::string> clean_login(std::string_view text);

// Nothing about composition: a password may be any text that is long enough, and not one of those
// that everybody tries first or the login itself.
bool is_good_password(std::string_view password, std::string_view login);

// Lower case of ASCII letters; other characters stay.
std::string fold_ascii(std::string_view text);

}  // namespace parlance::chat
