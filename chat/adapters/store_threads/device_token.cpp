#include "chat/adapters/store_threads/device_token.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/check.h"

namespace parlance::chat {

namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenCharacters = 43;
constexpr std::size_t kInviteBytes = 16;

// RFC 4648 section 5, without padding.
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string base64url(std::span<const std::uint8_t> bytes) {
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = bits << 8U | byte;
    count += 8;
    while (count >= 6) {
      count -= 6;
      text.push_back(kBase64Url[bits >> count & 0x3FU]);
    }
  }
  if (count > 0) {
    text.push_back(kBase64Url[bits << (6U - count) & 0x3FU]);
  }
  return text;
}

template <std::size_t kSize>
std::array<std::uint8_t, kSize> random_bytes() {
  std::array<std::uint8_t, kSize> bytes{};
  // Fails only where the system gives no entropy at all; nothing secret can be made then.
  CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  return bytes;
}

}  // namespace

std::string new_device_token() {
  return base64url(random_bytes<kTokenBytes>());
}

std::optional<TokenHash> hash_device_token(std::string_view token) {
  const bool possible = token.size() == kTokenCharacters && std::ranges::all_of(token, [](char c) {
                          return kBase64Url.find(c) != std::string_view::npos;
                        });
  if (!possible) {
    return std::nullopt;
  }
  TokenHash hash{};
  const int done =
      EVP_Digest(token.data(), token.size(), hash.data(), nullptr, EVP_sha256(), nullptr);
  CHECK(done == 1);
  return hash;
}

std::string new_invite_code() {
  return base64url(random_bytes<kInviteBytes>());
}

std::array<std::uint8_t, 10> random_for_uuid() {
  return random_bytes<10>();
}

}  // namespace parlance::chat
