// Access tokens as JSON Web Tokens (RFC 7519), signed with ES256 (RFC 7518, section 3.4).
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "chat/ports/access_tokens.h"

namespace parlance::chat {

// With the keys of the folder: each is a file NAME.pem, whose name is its `kid`. The last one by
// name signs, all of them verify, so that a new key is put beside the old one and the old one goes
// when its tokens have expired. Where there is none, one is made, readable by its owner only. The
// error is a text for the operator.
std::expected<std::unique_ptr<AccessTokens>, std::string> open_jwt_tokens(
    const std::filesystem::path& folder);

// With a key that nobody else has and that is gone afterwards.
std::unique_ptr<AccessTokens> make_jwt_tokens();

}  // namespace parlance::chat
