// Passwords by Argon2id.
#pragma once

#include <memory>

#include "chat/ports/password_hasher.h"

namespace parlance::chat {

// 19 MiB, two passes, one lane: the least that OWASP's ASVS 5.0 (appendix C) asks for.
std::unique_ptr<PasswordHasher> make_argon2_hasher();

}  // namespace parlance::chat
