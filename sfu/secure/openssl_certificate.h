// A self-signed certificate in OpenSSL's objects; private to this folder.
#pragma once

#include <memory>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "sfu/secure/certificate.h"

namespace parlance::sfu {

// Calls OpenSSL's own function for the end of an object.
template <auto kFree>
struct OpensslFree {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

template <typename T, auto kFree>
using OpensslPtr = std::unique_ptr<T, OpensslFree<kFree>>;

struct OwnCertificate {
  OpensslPtr<EVP_PKEY, EVP_PKEY_free> key;
  OpensslPtr<X509, X509_free> certificate;
  Fingerprint fingerprint;
};

// ECDSA P-256, as RFC 8827 6.5 wants it, valid from yesterday (clocks differ) for a year.
OwnCertificate make_certificate();

Fingerprint fingerprint_of(const X509& certificate);

}  // namespace parlance::sfu
