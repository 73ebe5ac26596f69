// Secrets: device tokens, invite codes and what of them is stored.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chat/domain/types.h"

namespace parlance::chat {

// 256 random bits as 43 characters of base64url; guessing one is hopeless, so its hash needs no
// salt and no slow function.
std::string new_device_token();

// SHA-256 of the characters; nothing where it can't be a token of ours.
std::optional<TokenHash> hash_device_token(std::string_view token);

// 128 random bits as 22 characters of base64url.
std::string new_invite_code();

// Random part of a UUIDv7.
std::array<std::uint8_t, 10> random_for_uuid();

}  // namespace parlance::chat
