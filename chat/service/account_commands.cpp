// The half of Commands that is about accounts.
#include <algorithm>
#include <utility>

#include "chat/domain/text_rules.h"
#include "chat/service/commands.h"

namespace parlance::chat {

namespace {

constexpr auto fault(ChatError error) {
  return std::unexpected(error);
}

Identity identity_of(const User& user, DeviceId device) {
  return {.user = user.id, .device = device, .name = user.name, .guest = user.guest};
}

bool is_over(const DeviceState& device, UnixMillis now) {
  return now - device.last_used_at >= kRefreshIdleMs ||
         now - device.created_at >= kRefreshLifetimeMs;
}

}  // namespace

void announce(const RegisterAccount& request, Footprint& footprint) {
  footprint.renamed.push_back(request.user);
  footprint.logins.push_back(request.login);
}

void announce(const SignIn& request, Footprint& footprint) {
  footprint.users.push_back(request.user);
}

void announce(const RefreshSession& request, Footprint& footprint) {
  footprint.refresh_tokens.push_back(request.presented);
}

void announce(const ConfirmToken& request, Footprint& footprint) {
  footprint.devices.push_back(request.device);
}

void announce(const EndDevices& request, Footprint& footprint) {
  footprint.users.push_back(request.user);
  if (request.device) {
    footprint.devices.push_back(*request.device);
  }
}

std::expected<SignedIn, ChatError> Commands::run(const RegisterAccount& request) {
  const auto head = reads_.directory.user(request.user);
  std::string fallback = head ? head->user.name : request.login;
  const auto name = request.name.empty() ? fallback : clean_name(request.name);
  const auto device_name = request.device_name.empty() ? "" : clean_name(request.device_name);
  if (!name || !device_name) {
    return fault(ChatError::kInvalid);
  }
  if (reads_.accounts.account_named(request.login) || reads_.accounts.account(request.user)) {
    return fault(ChatError::kConflict);
  }
  User user{.id = request.user, .name = *name, .guest = true, .created_at = now_};
  if (!head) {
    writes_.accounts.add_user(user);
  } else if (head->user.name != *name) {
    if (const auto renamed = run(RenameUser{.user = request.user, .name = *name}); !renamed) {
      return fault(renamed.error());
    }
  }
  user.guest = false;
  writes_.accounts.add_account({.user = request.user,
                                .login = request.login,
                                .password_hash = request.password_hash,
                                .admin = request.admin,
                                .created_at = now_});
  if (request.device.is_nil()) {
    return SignedIn{.identity = identity_of(user, request.device)};
  }
  const DeviceState device{.id = request.device,
                           .user = request.user,
                           .name = *device_name,
                           .created_at = now_,
                           .last_used_at = now_,
                           .token_number = 1};
  // A guest's device begins anew, without the guest's token.
  writes_.accounts.remove_device(request.device);
  writes_.accounts.add_device(device);
  writes_.accounts.add_refresh_token(
      {.device = request.device, .number = 1, .parent = 0, .hash = request.token});
  return SignedIn{.identity = identity_of(user, request.device), .token_number = 1};
}

std::expected<SignedIn, ChatError> Commands::run(const SignIn& request) {
  const auto head = reads_.directory.user(request.user);
  const auto account = reads_.accounts.account(request.user);
  if (!head || !account || account->password_hash != request.password_hash) {
    return fault(ChatError::kUnauthenticated);
  }
  const auto device_name = request.device_name.empty() ? "" : clean_name(request.device_name);
  if (!device_name) {
    return fault(ChatError::kInvalid);
  }
  SignedIn signed_in{.identity = identity_of(head->user, request.device), .token_number = 1};
  const auto devices = reads_.accounts.devices_of(request.user);
  for (std::size_t i = 0; i + kMaxDevices <= devices.size(); ++i) {
    signed_in.ended.push_back(devices[i].id);
    writes_.accounts.remove_device(devices[i].id);
  }
  writes_.accounts.add_device({.id = request.device,
                               .user = request.user,
                               .name = *device_name,
                               .created_at = now_,
                               .last_used_at = now_,
                               .token_number = 1});
  writes_.accounts.add_refresh_token(
      {.device = request.device, .number = 1, .parent = 0, .hash = request.token});
  return signed_in;
}

std::expected<Refreshed, ChatError> Commands::run(const RefreshSession& request) {
  const auto token = reads_.accounts.refresh_token(request.presented);
  auto device = token ? reads_.accounts.device(token->device) : std::nullopt;
  const auto head = device ? reads_.directory.user(device->user) : std::nullopt;
  if (!token || !device || !head) {
    return fault(ChatError::kUnauthenticated);
  }
  const Identity identity = identity_of(head->user, device->id);
  const bool current = token->number == device->token_number;
  const bool successor = token->parent == device->token_number;
  if ((!current && !successor) || is_over(*device, now_)) {
    writes_.accounts.remove_device(device->id);
    return Refreshed{.granted = {}, .ended = identity};
  }
  const RefreshToken next{.device = device->id,
                          .number = reads_.accounts.last_token_number(device->id) + 1,
                          .parent = token->number,
                          .hash = request.next};
  device->token_number = token->number;
  device->last_used_at = now_;
  writes_.accounts.update_device(*device);
  writes_.accounts.add_refresh_token(next);
  if (successor) {
    writes_.accounts.forget_refresh_tokens(device->id, token->number - kMaxDeadTokens);
  }
  return Refreshed{.granted = SignedIn{.identity = identity, .token_number = next.number},
                   .ended = {}};
}

std::expected<void, ChatError> Commands::run(const ConfirmToken& request) {
  auto device = reads_.accounts.device(request.device);
  const auto token = reads_.accounts.refresh_token(request.device, request.token_number);
  if (device && token && token->parent == device->token_number) {
    device->token_number = token->number;
    device->last_used_at = now_;
    writes_.accounts.update_device(*device);
  }
  return {};
}

std::expected<std::vector<DeviceId>, ChatError> Commands::run(const EndDevices& request) {
  std::vector<DeviceId> ended;
  for (const DeviceState& device : reads_.accounts.devices_of(request.user)) {
    if (!request.device || device.id == *request.device) {
      writes_.accounts.remove_device(device.id);
      ended.push_back(device.id);
    }
  }
  if (request.device && ended.empty()) {
    return fault(ChatError::kNotFound);
  }
  return ended;
}

}  // namespace parlance::chat
