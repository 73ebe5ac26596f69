// Questions, answered: each from one snapshot of the store.
#pragma once

#include <expected>
#include <vector>

#include "chat/ports/access_tokens.h"
#include "chat/ports/store.h"
#include "chat/service/answers.h"

namespace parlance::chat {

// Whose an access token is.
struct CheckedToken {
  Identity identity;
  bool is_first_use = false;  // the refresh token that came with it isn't the device's yet
};

// Answers inside of a transaction that the caller has begun; they count only if it ends well.
class Queries {
 public:
  explicit Queries(StoreReads reads) : reads_(reads) {}

  std::expected<Identity, ChatError> authenticate(const TokenHash& token_hash);
  std::expected<ConversationView, ChatError> conversation(UserId asker, ConversationId id);
  std::expected<ConversationList, ChatError> conversations(UserId asker);
  // For hosts.
  std::expected<std::vector<Invite>, ChatError> invites(UserId asker, ConversationId id);
  std::expected<std::vector<UserId>, ChatError> banned(UserId asker, ConversationId id);
  std::expected<HistoryPage, ChatError> history(UserId asker, const HistoryQuery& query);
  std::expected<SyncPage, ChatError> sync(UserId asker, const SyncQuery& query);

  // account_queries.cpp
  std::optional<Account> account_named(std::string_view login);
  std::expected<CheckedToken, ChatError> check_access(const AccessClaims& claims);
  std::expected<std::vector<DeviceState>, ChatError> devices(UserId asker);
  std::expected<std::vector<FoundUser>, ChatError> find_users(std::string_view prefix);

 private:
  std::expected<void, ChatError> admits(UserId asker, ConversationId id);

  StoreReads reads_;
};

}  // namespace parlance::chat
