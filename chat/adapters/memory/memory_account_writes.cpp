// The half of MemoryWrites that is about accounts.
#include <algorithm>
#include <limits>
#include <string>

#include "base/check.h"
#include "chat/adapters/memory/memory_writes.h"

namespace parlance::chat {

// Also by one of its tokens.
bool MemoryWrites::announced(const DeviceState& device) const {
  const auto of_device = [&](const TokenHash& hash) {
    const auto token = state_.refresh_tokens.find(hash);
    return token != state_.refresh_tokens.end() && token->second.device == device.id;
  };
  return announced(device.user) ||
         std::ranges::find(footprint_.devices, device.id) != footprint_.devices.end() ||
         std::ranges::any_of(footprint_.refresh_tokens, of_device);
}

DeviceState* MemoryWrites::device(DeviceId id) {
  const auto found = state_.devices.find(id);
  failed_ = failed_ || found == state_.devices.end();
  if (failed_) {
    return nullptr;
  }
  CHECK(announced(found->second));
  return &found->second;
}

void MemoryWrites::add_account(const Account& account) {
  MemoryUser* row = user(account.user);
  failed_ =
      failed_ || state_.accounts.contains(account.user) || state_.logins.contains(account.login);
  if (failed_) {
    return;
  }
  CHECK(announced(account.user));
  CHECK(std::ranges::find(footprint_.logins, account.login) != footprint_.logins.end());
  state_.accounts[account.user] = account;
  state_.logins[account.login] = account.user;
  undo_.push([this, row, user = account.user, login = account.login, guest = row->head.user.guest] {
    row->head.user.guest = guest;
    state_.accounts.erase(user);
    state_.logins.erase(login);
  });
  row->head.user.guest = false;
}

void MemoryWrites::set_password_hash(UserId user_id, std::string_view password_hash) {
  const auto found = state_.accounts.find(user_id);
  failed_ = failed_ || found == state_.accounts.end();
  if (failed_) {
    return;
  }
  CHECK(announced(user_id));
  std::string& kept = found->second.password_hash;
  undo_.push([&kept, old = kept] { kept = old; });
  kept = password_hash;
}

void MemoryWrites::add_user(const User& user) {
  failed_ = failed_ || state_.users.contains(user.id);
  if (failed_) {
    return;
  }
  CHECK(announced(user.id));
  state_.users[user.id].head.user = user;
  undo_.push([this, id = user.id] { state_.users.erase(id); });
}

void MemoryWrites::add_device(const DeviceState& device) {
  failed_ = failed_ || state_.devices.contains(device.id) || !state_.users.contains(device.user);
  if (failed_) {
    return;
  }
  CHECK(announced(device));
  state_.devices[device.id] = device;
  undo_.push([this, id = device.id] { state_.devices.erase(id); });
}

void MemoryWrites::update_device(const DeviceState& changed) {
  DeviceState* row = device(changed.id);
  if (row == nullptr) {
    return;
  }
  // By id: its row may go and come back in the meantime.
  undo_.push([this, old = *row] { state_.devices[old.id] = old; });
  row->name = changed.name;
  row->last_used_at = changed.last_used_at;
  row->token_number = changed.token_number;
}

void MemoryWrites::erase_guest_token(DeviceId id) {
  const auto found =
      std::ranges::find(state_.guest_tokens, id, [](const auto& token) { return token.second; });
  if (found != state_.guest_tokens.end()) {
    undo_.push([this, hash = found->first, id] { state_.guest_tokens[hash] = id; });
    state_.guest_tokens.erase(found);
  }
}

void MemoryWrites::erase_refresh_tokens(DeviceId id, std::int64_t before) {
  std::erase_if(state_.refresh_tokens, [&](const auto& entry) {
    const RefreshToken& token = entry.second;
    const bool goes = token.device == id && token.number < before;
    if (goes) {
      undo_.push([this, token] { state_.refresh_tokens[token.hash] = token; });
    }
    return goes;
  });
}

void MemoryWrites::remove_device(DeviceId id) {
  if (failed_ || !state_.devices.contains(id)) {
    return;
  }
  if (const DeviceState* row = device(id)) {
    undo_.push([this, old = *row] { state_.devices[old.id] = old; });
    erase_guest_token(id);
    erase_refresh_tokens(id, std::numeric_limits<std::int64_t>::max());
    state_.devices.erase(id);
  }
}

void MemoryWrites::add_refresh_token(const RefreshToken& token) {
  const bool taken = std::ranges::any_of(state_.refresh_tokens, [&](const auto& other) {
    return other.first == token.hash ||
           (other.second.device == token.device && other.second.number == token.number);
  });
  failed_ = failed_ || taken;
  if (device(token.device) == nullptr) {
    return;
  }
  state_.refresh_tokens[token.hash] = token;
  undo_.push([this, hash = token.hash] { state_.refresh_tokens.erase(hash); });
}

void MemoryWrites::forget_refresh_tokens(DeviceId id, std::int64_t before) {
  if (device(id) != nullptr) {
    erase_refresh_tokens(id, before);
  }
}

}  // namespace parlance::chat
