#include "chat/adapters/jwt/signing_key.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/check.h"

namespace parlance::chat {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

constexpr const char* kCurve = "prime256v1";

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

// A coordinate in the 32 bytes that RFC 7518 wants, leading zeros included.
std::string coordinate(const EVP_PKEY* key, const char* name) {
  constexpr int kBytes = 32;
  BIGNUM* number = nullptr;
  CHECK(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  std::array<unsigned char, kBytes> bytes{};
  CHECK(BN_bn2binpad(number, bytes.data(), kBytes) == kBytes);
  BN_free(number);
  return base64url(std::string(bytes.begin(), bytes.end()));
}

bool is_on_p256(const EVP_PKEY* key) {
  std::array<char, 64> group{};
  return EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1 &&
         std::string_view(group.data()) == kCurve;
}

SigningKey describe(EVP_PKEY* key) {
  const Bio secret(BIO_new(BIO_s_mem()), BIO_free_all);
  CHECK(PEM_write_bio_PrivateKey(secret.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  const Bio shown(BIO_new(BIO_s_mem()), BIO_free_all);
  CHECK(PEM_write_bio_PUBKEY(shown.get(), key) == 1);
  return {.private_pem = text_of(secret.get()),
          .public_pem = text_of(shown.get()),
          .x = coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X),
          .y = coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y)};
}

}  // namespace

std::string base64url(const std::string& bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    bits = bits << 8U | static_cast<std::uint8_t>(c);
    count += 8;
    while (count >= 6) {
      count -= 6;
      text += kAlphabet[bits >> count & 0x3FU];
    }
  }
  if (count > 0) {
    text += kAlphabet[bits << (6U - count) & 0x3FU];
  }
  return text;
}

SigningKey new_signing_key() {
  const Key key(EVP_EC_gen(kCurve), EVP_PKEY_free);
  CHECK(key != nullptr);
  return describe(key.get());
}

std::optional<SigningKey> read_signing_key(const std::string& private_pem) {
  const Bio bio(BIO_new_mem_buf(private_pem.data(), static_cast<int>(private_pem.size())),
                BIO_free_all);
  const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  if (!key || !is_on_p256(key.get())) {
    return std::nullopt;
  }
  return describe(key.get());
}

}  // namespace parlance::chat
