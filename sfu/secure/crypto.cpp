#include "sfu/secure/crypto.h"

#include <openssl/rand.h>

#include "base/check.h"
#include "sfu/secure/libsrtp.h"
#include "sfu/secure/openssl_dtls.h"
#include "sfu/secure/openssl_gcm.h"

namespace parlance::sfu {

namespace {

bool is_gcm(SrtpProfile profile) {
  return profile != SrtpProfile::kAes128CmSha1_80;
}

class RealCrypto : public Crypto {
 public:
  RealCrypto() { init_libsrtp(); }

  const Fingerprint& fingerprint() const override { return dtls_.fingerprint(); }

  std::unique_ptr<DtlsSession> make_dtls() override { return dtls_.make_session(); }

  std::unique_ptr<SrtpOutbound> make_srtp_outbound(const SrtpKeys& keys) override {
    if (is_gcm(keys.profile)) {
      return std::make_unique<OpensslGcmOutbound>(keys);
    }
    return std::make_unique<LibsrtpOutbound>(keys);
  }

  std::unique_ptr<SrtpInbound> make_srtp_inbound(const SrtpKeys& keys) override {
    if (is_gcm(keys.profile)) {
      return std::make_unique<OpensslGcmInbound>(keys);
    }
    return std::make_unique<LibsrtpInbound>(keys);
  }

  void random(std::span<std::uint8_t> out) override {
    CHECK(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
  }

 private:
  OpensslDtlsContext dtls_;
};

}  // namespace

std::unique_ptr<Crypto> make_crypto() {
  return std::make_unique<RealCrypto>();
}

}  // namespace parlance::sfu
