// The half of MemoryReads that is about accounts.
#include <algorithm>
#include <string>
#include <utility>

#include "chat/adapters/memory/memory_reads.h"

namespace parlance::chat {

std::optional<Account> MemoryReads::account(UserId user) {
  const auto found = state_.accounts.find(user);
  return failed_ || found == state_.accounts.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Account> MemoryReads::account_named(std::string_view login) {
  const auto found = state_.logins.find(login);
  return found == state_.logins.end() ? std::nullopt : account(found->second);
}

std::optional<DeviceState> MemoryReads::device(DeviceId id) {
  const auto found = state_.devices.find(id);
  return failed_ || found == state_.devices.end() ? std::nullopt : std::optional(found->second);
}

std::vector<DeviceState> MemoryReads::devices_of(UserId user) {
  std::vector<DeviceState> devices;
  for (const auto& [id, device] : state_.devices) {
    if (!failed_ && device.user == user) {
      devices.push_back(device);
    }
  }
  std::ranges::sort(devices, {}, [](const DeviceState& device) {
    return std::pair(device.last_used_at, device.id);
  });
  return devices;
}

std::optional<RefreshToken> MemoryReads::refresh_token(const TokenHash& hash) {
  const auto found = state_.refresh_tokens.find(hash);
  return failed_ || found == state_.refresh_tokens.end() ? std::nullopt
                                                         : std::optional(found->second);
}

std::optional<RefreshToken> MemoryReads::refresh_token(DeviceId device, std::int64_t number) {
  for (const auto& [hash, token] : state_.refresh_tokens) {
    if (!failed_ && token.device == device && token.number == number) {
      return token;
    }
  }
  return std::nullopt;
}

std::int64_t MemoryReads::last_token_number(DeviceId device) {
  std::int64_t last = 0;
  for (const auto& [hash, token] : state_.refresh_tokens) {
    if (!failed_ && token.device == device) {
      last = std::max(last, token.number);
    }
  }
  return last;
}

std::vector<FoundUser> MemoryReads::find_users(std::string_view prefix, std::size_t limit) {
  std::vector<FoundUser> found;
  for (const auto& [login, id] : state_.logins) {
    const MemoryUser* user = find(id);
    if (user == nullptr || found.size() == limit) {
      break;
    }
    if (login.starts_with(prefix) || fold_ascii(user->head.user.name).starts_with(prefix)) {
      found.push_back({.id = id, .login = login, .name = user->head.user.name});
    }
  }
  return found;
}

}  // namespace parlance::chat
