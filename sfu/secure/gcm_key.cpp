#include "sfu/secure/gcm_key.h"

#include <algorithm>
#include <vector>

#include "base/check.h"

namespace parlance::sfu {

namespace {

// RFC 3711 4.3.2: what a key is derived for.
constexpr std::uint8_t kLabelRtpKey = 0x00;
constexpr std::uint8_t kLabelRtpSalt = 0x02;
constexpr std::uint8_t kLabelRtcpKey = 0x03;
constexpr std::uint8_t kLabelRtcpSalt = 0x05;

// RFC 3711 4.3.1 and 4.3.3: the label stands above 48 bits of zero, and two bytes are the counter.
constexpr std::size_t kAesBlock = 16;
constexpr std::size_t kLabelOffset = 7;

void check(int openssl_result) {
  CHECK(openssl_result == 1);
}

const EVP_CIPHER* gcm_of(SrtpProfile profile) {
  return profile == SrtpProfile::kAeadAes256Gcm ? EVP_aes_256_gcm() : EVP_aes_128_gcm();
}

const EVP_CIPHER* ctr_of(SrtpProfile profile) {
  return profile == SrtpProfile::kAeadAes256Gcm ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
}

// RFC 3711 4.3.3 with RFC 7714 11: the master salt is used as if it had two zero bytes behind it.
void derive(SrtpProfile profile,
            std::span<const std::uint8_t> master,
            std::uint8_t label,
            std::span<std::uint8_t> out) {
  const auto sizes = key_sizes(profile);
  std::array<std::uint8_t, kAesBlock> block{};
  std::ranges::copy(master.subspan(sizes.key, sizes.salt), block.begin());
  block[kLabelOffset] ^= label;
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> cipher(EVP_CIPHER_CTX_new(),
                                                                               EVP_CIPHER_CTX_free);
  check(EVP_EncryptInit_ex(cipher.get(), ctr_of(profile), nullptr, master.data(), block.data()));
  std::ranges::fill(out, std::uint8_t{0});
  int written = 0;
  check(EVP_EncryptUpdate(
      cipher.get(), out.data(), &written, out.data(), static_cast<int>(out.size())));
}

}  // namespace

GcmKey::GcmKey(SrtpProfile profile,
               std::span<const std::uint8_t> master,
               Use use,
               Direction direction)
    : cipher_(EVP_CIPHER_CTX_new()) {
  const auto sizes = key_sizes(profile);
  CHECK(profile != SrtpProfile::kAes128CmSha1_80 && master.size() == sizes.key + sizes.salt);
  std::vector<std::uint8_t> key(sizes.key);
  const bool rtp = use == Use::kRtp;
  derive(profile, master, rtp ? kLabelRtpKey : kLabelRtcpKey, key);
  derive(profile, master, rtp ? kLabelRtpSalt : kLabelRtcpSalt, salt_);
  const int encrypts = direction == Direction::kSeal ? 1 : 0;
  check(EVP_CipherInit_ex(cipher_.get(), gcm_of(profile), nullptr, key.data(), nullptr, encrypts));
  OPENSSL_cleanse(key.data(), key.size());
}

std::array<std::uint8_t, GcmKey::kIvSize> GcmKey::make_iv(std::uint32_t ssrc,
                                                          std::uint64_t index) const {
  // RFC 7714 8.1 and 9.1: two zero bytes, the SSRC, then six bytes of rollovers and sequence
  // number, or of the SRTCP index.
  std::array<std::uint8_t, kIvSize> iv = salt_;
  for (unsigned i = 0; i < 4; ++i) {
    iv[2 + i] ^= static_cast<std::uint8_t>(ssrc >> (24U - 8U * i));
  }
  for (unsigned i = 0; i < 6; ++i) {
    iv[6 + i] ^= static_cast<std::uint8_t>(index >> (40U - 8U * i));
  }
  return iv;
}

bool GcmKey::seal(std::uint32_t ssrc,
                  std::uint64_t index,
                  std::span<const std::uint8_t> authenticated,
                  std::span<std::uint8_t> data,
                  std::uint8_t* tag) {
  const auto iv = make_iv(ssrc, index);
  EVP_CIPHER_CTX* const cipher = cipher_.get();
  int written = 0;
  return EVP_EncryptInit_ex(cipher, nullptr, nullptr, nullptr, iv.data()) == 1 &&
         EVP_EncryptUpdate(cipher,
                           nullptr,
                           &written,
                           authenticated.data(),
                           static_cast<int>(authenticated.size())) == 1 &&
         EVP_EncryptUpdate(
             cipher, data.data(), &written, data.data(), static_cast<int>(data.size())) == 1 &&
         EVP_EncryptFinal_ex(cipher, data.data() + data.size(), &written) == 1 &&
         EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, kGcmTagSize, tag) == 1;
}

bool GcmKey::open(std::uint32_t ssrc,
                  std::uint64_t index,
                  std::span<const std::uint8_t> authenticated,
                  std::span<std::uint8_t> data,
                  std::span<const std::uint8_t, kGcmTagSize> tag) {
  const auto iv = make_iv(ssrc, index);
  EVP_CIPHER_CTX* const cipher = cipher_.get();
  int written = 0;
  // OpenSSL reads the tag only; its function knows no const.
  auto* const expected = const_cast<std::uint8_t*>(tag.data());
  return EVP_DecryptInit_ex(cipher, nullptr, nullptr, nullptr, iv.data()) == 1 &&
         EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, kGcmTagSize, expected) == 1 &&
         EVP_DecryptUpdate(cipher,
                           nullptr,
                           &written,
                           authenticated.data(),
                           static_cast<int>(authenticated.size())) == 1 &&
         EVP_DecryptUpdate(
             cipher, data.data(), &written, data.data(), static_cast<int>(data.size())) == 1 &&
         EVP_DecryptFinal_ex(cipher, data.data() + data.size(), &written) == 1;
}

}  // namespace parlance::sfu
