#include "signaling/server/content_hash.h"

#include <array>
#include <cstdint>
#include <span>

#include <openssl/evp.h>

#include "base/check.h"
#include "signaling/server/secure_random.h"

namespace parlance::signaling {

std::string content_hash(std::string_view content) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  CHECK(EVP_Digest(content.data(), content.size(), digest.data(), &size, EVP_sha256(), nullptr) ==
        1);
  return base64url(std::span(digest).first(16));
}

}  // namespace parlance::signaling
