// The AccountService of a process: the messenger's store threads, and a thread that hashes.
#pragma once

#include <memory>

#include "chat/ports/access_tokens.h"
#include "chat/ports/password_hasher.h"
#include "chat/service/account_service.h"
#include "chat/service/chat_service.h"

namespace parlance::chat {

// Passwords that wait to be hashed; further requests are answered kBusy. A power of two.
inline constexpr std::size_t kMaxQueuedHashes = 32;

// The messenger outlives it.
std::unique_ptr<AccountService> start_accounts(ChatService& chat,
                                               std::unique_ptr<PasswordHasher> hasher,
                                               std::unique_ptr<AccessTokens> tokens,
                                               RevocationSink sink);

}  // namespace parlance::chat
