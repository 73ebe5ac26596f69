// The generator's certificate and DTLS settings, shared by all its clients.
#pragma once

#include <memory>
#include <string>

#include <openssl/ssl.h>

namespace parlance::load {

// ECDSA P-256, self-signed, made at start. AES-128-GCM is offered first, as browsers would with a
// server that prefers it.
class DtlsContext {
 public:
  DtlsContext();

  SSL_CTX* get() const { return context_.get(); }

  // As SDP writes it: "AA:BB:...", of sha-256.
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  std::unique_ptr<SSL_CTX, Free> context_;
  std::string fingerprint_;
};

// Of any certificate, in the same notation.
std::string sha256_fingerprint(const X509& certificate);

}  // namespace parlance::load
