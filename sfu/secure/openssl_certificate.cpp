#include "sfu/secure/openssl_certificate.h"

#include <array>

#include <openssl/asn1.h>
#include <openssl/ec.h>
#include <openssl/rand.h>

#include "base/check.h"

namespace parlance::sfu {

namespace {

constexpr long kDaySeconds = 24L * 60 * 60;
constexpr long kValidSeconds = 365 * kDaySeconds;

// Tells nothing about the machine; every browser does the same.
constexpr std::array<unsigned char, 8> kCommonName = {'P', 'a', 'r', 'l', 'a', 'n', 'c', 'e'};

void set_random_serial(X509& certificate) {
  std::uint32_t serial = 0;
  CHECK(RAND_bytes(static_cast<unsigned char*>(static_cast<void*>(&serial)), sizeof serial) == 1);
  CHECK(ASN1_INTEGER_set_uint64(X509_get_serialNumber(&certificate), serial) == 1);
}

}  // namespace

OwnCertificate make_certificate() {
  OwnCertificate own;
  own.key.reset(EVP_EC_gen("P-256"));
  own.certificate.reset(X509_new());
  CHECK(own.key && own.certificate);
  X509& certificate = *own.certificate;
  CHECK(X509_set_version(&certificate, X509_VERSION_3) == 1);
  set_random_serial(certificate);
  CHECK(X509_gmtime_adj(X509_getm_notBefore(&certificate), -kDaySeconds) != nullptr);
  CHECK(X509_gmtime_adj(X509_getm_notAfter(&certificate), kValidSeconds) != nullptr);
  X509_NAME* const name = X509_get_subject_name(&certificate);
  CHECK(X509_NAME_add_entry_by_NID(name,
                                   NID_commonName,
                                   MBSTRING_ASC,
                                   kCommonName.data(),
                                   static_cast<int>(kCommonName.size()),
                                   -1,
                                   0) == 1);
  CHECK(X509_set_issuer_name(&certificate, name) == 1);
  CHECK(X509_set_pubkey(&certificate, own.key.get()) == 1);
  CHECK(X509_sign(&certificate, own.key.get(), EVP_sha256()) > 0);
  own.fingerprint = fingerprint_of(certificate);
  return own;
}

Fingerprint fingerprint_of(const X509& certificate) {
  std::array<std::uint8_t, Fingerprint::kSize> digest{};
  unsigned size = 0;
  CHECK(X509_digest(&certificate, EVP_sha256(), digest.data(), &size) == 1);
  return Fingerprint(digest);
}

}  // namespace parlance::sfu
