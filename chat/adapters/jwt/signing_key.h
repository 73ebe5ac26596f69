// One key pair on P-256, as the token library and a JWK Set want it.
#pragma once

#include <optional>
#include <string>

namespace parlance::chat {

struct SigningKey {
  std::string private_pem;
  std::string public_pem;
  std::string x;  // base64url, as in a JWK (RFC 7518, section 6.2.1)
  std::string y;
};

SigningKey new_signing_key();

// Nothing where it is no private key on P-256.
std::optional<SigningKey> read_signing_key(const std::string& private_pem);

// RFC 4648, section 5, without padding.
std::string base64url(const std::string& bytes);

}  // namespace parlance::chat
