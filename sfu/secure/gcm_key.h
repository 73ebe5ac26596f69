// One direction's key of SRTP or SRTCP for AES-GCM on OpenSSL (RFC 7714); private to this folder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include <openssl/evp.h>

#include "sfu/secure/srtp_session.h"

namespace parlance::sfu {

inline constexpr std::size_t kGcmTagSize = 16;  // RFC 7714 13.1

class GcmKey {
 public:
  enum class Use : std::uint8_t { kRtp, kRtcp };
  enum class Direction : std::uint8_t { kSeal, kOpen };

  // Derived from the master key and salt, RFC 3711 4.3.
  GcmKey(SrtpProfile profile, std::span<const std::uint8_t> master, Use use, Direction direction);

  // Encrypts `data` in place and writes the tag behind it; `authenticated` is neither changed nor
  // part of `data`. False on an error of OpenSSL's.
  bool seal(std::uint32_t ssrc,
            std::uint64_t index,
            std::span<const std::uint8_t> authenticated,
            std::span<std::uint8_t> data,
            std::uint8_t* tag);

  // The same backwards; false where the tag doesn't fit.
  bool open(std::uint32_t ssrc,
            std::uint64_t index,
            std::span<const std::uint8_t> authenticated,
            std::span<std::uint8_t> data,
            std::span<const std::uint8_t, kGcmTagSize> tag);

 private:
  static constexpr std::size_t kIvSize = 12;

  struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* cipher) const { EVP_CIPHER_CTX_free(cipher); }
  };

  std::array<std::uint8_t, kIvSize> make_iv(std::uint32_t ssrc, std::uint64_t index) const;

  std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> cipher_;
  std::array<std::uint8_t, kIvSize> salt_{};
};

}  // namespace parlance::sfu
