// Questions, answered: each from one snapshot of the store.
#pragma once

#include <expected>

#include "chat/ports/store.h"
#include "chat/service/answers.h"

namespace parlance::chat {

// Answers inside of a transaction that the caller has begun; they count only if it ends well.
class Queries {
 public:
  explicit Queries(StoreReads reads) : reads_(reads) {}

  std::expected<Identity, ChatError> authenticate(const TokenHash& token_hash);
  std::expected<ConversationView, ChatError> conversation(UserId asker, ConversationId id);
  std::expected<ConversationList, ChatError> conversations(UserId asker);
  std::expected<HistoryPage, ChatError> history(UserId asker, const HistoryQuery& query);
  std::expected<SyncPage, ChatError> sync(UserId asker, const SyncQuery& query);

 private:
  StoreReads reads_;
};

}  // namespace parlance::chat
