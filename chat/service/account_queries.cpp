// The half of Queries that is about accounts.
#include <algorithm>

#include "chat/domain/text_rules.h"
#include "chat/service/queries.h"

namespace parlance::chat {

std::optional<Account> Queries::account_named(std::string_view login) {
  return reads_.accounts.account_named(login);
}

std::expected<CheckedToken, ChatError> Queries::check_access(const AccessClaims& claims) {
  const auto device = reads_.accounts.device(claims.device);
  const auto head = device ? reads_.directory.user(device->user) : std::nullopt;
  if (!device || !head || device->user != claims.user) {
    return std::unexpected(ChatError::kUnauthenticated);
  }
  return CheckedToken{.identity = {.user = claims.user,
                                   .device = claims.device,
                                   .name = head->user.name,
                                   .guest = head->user.guest},
                      .is_first_use = claims.token_number > device->token_number};
}

std::expected<std::vector<DeviceState>, ChatError> Queries::devices(UserId asker) {
  auto devices = reads_.accounts.devices_of(asker);
  std::ranges::reverse(devices);
  return devices;
}

std::expected<std::vector<FoundUser>, ChatError> Queries::find_users(std::string_view prefix) {
  const auto clean = clean_name(prefix);
  constexpr std::size_t kFewest = 2;
  if (!clean || clean->size() > kMaxSearchBytes || *count_characters(*clean) < kFewest) {
    return std::unexpected(ChatError::kInvalid);
  }
  return reads_.accounts.find_users(fold_ascii(*clean), kMaxFoundUsers);
}

}  // namespace parlance::chat
