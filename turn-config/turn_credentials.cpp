#include "turn-config/turn_credentials.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.h"

namespace parlance::turn {

namespace {

constexpr std::size_t kSha1Bytes = 20;

std::vector<std::uint8_t> bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

std::string base64(const std::array<std::uint8_t, kSha1Bytes>& bytes) {
  constexpr std::size_t kEncodedBytes = (kSha1Bytes + 2) / 3 * 4;
  std::array<unsigned char, kEncodedBytes + 1> text{};  // EVP_EncodeBlock ends it with a zero
  EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
  return {text.begin(), text.end() - 1};
}

}  // namespace

TurnCredentials mint_turn_credentials(std::string_view secret,
                                      std::string_view user,
                                      UnixMillis now,
                                      std::chrono::seconds lifetime) {
  constexpr UnixMillis kMillisPerSecond = 1000;
  std::string username = std::to_string(now / kMillisPerSecond + lifetime.count());
  username += ':';
  username += user;
  const auto key = bytes_of(secret);
  const auto text = bytes_of(username);
  std::array<std::uint8_t, kSha1Bytes> digest{};
  unsigned int size = 0;
  CHECK(HMAC(EVP_sha1(),
             key.data(),
             static_cast<int>(key.size()),
             text.data(),
             text.size(),
             digest.data(),
             &size) != nullptr);
  CHECK(size == kSha1Bytes);
  return {std::move(username), base64(digest)};
}

}  // namespace parlance::turn
