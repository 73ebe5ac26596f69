// Outbound SRTP by AES-GCM straight on OpenSSL (RFC 7714); private to this folder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <openssl/evp.h>

#include "sfu/secure/libsrtp.h"
#include "sfu/secure/srtp_session.h"

namespace parlance::sfu {

// Every byte is the one that libsrtp2 would have made, for less than half its time: Debian's
// goes to NSS for each packet. SRTCP, which is rare, stays with libsrtp2.
class OpensslGcmOutbound : public SrtpOutbound {
 public:
  // For the two GCM profiles.
  explicit OpensslGcmOutbound(const SrtpKeys& keys);

  std::expected<std::size_t, SrtpError> protect_rtp(std::span<std::uint8_t> buffer,
                                                    std::size_t size) override;
  std::expected<std::size_t, SrtpError> protect_rtcp(std::span<std::uint8_t> buffer,
                                                     std::size_t size) override;
  void forget(std::uint32_t ssrc) override;

 private:
  static constexpr std::size_t kIvSize = 12;  // RFC 7714 8.1

  struct Stream {
    std::uint32_t ssrc = 0;
    std::uint64_t highest = 0;  // index: rollovers and sequence number, RFC 3711 3.3.1
  };

  struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* cipher) const { EVP_CIPHER_CTX_free(cipher); }
  };

  Stream& stream_of(std::uint32_t ssrc);
  std::array<std::uint8_t, kIvSize> make_iv(std::uint32_t ssrc, std::uint64_t index) const;

  LibsrtpOutbound rtcp_;
  std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> cipher_;
  std::array<std::uint8_t, kIvSize> salt_{};
  std::vector<Stream> streams_;
  std::size_t last_ = 0;  // packets of one stream mostly follow each other
};

}  // namespace parlance::sfu
