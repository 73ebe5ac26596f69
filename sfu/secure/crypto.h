// Everything cryptographic that a shard needs, behind one door: sessions, our fingerprint, random
// bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "sfu/secure/certificate.h"
#include "sfu/secure/dtls_session.h"
#include "sfu/secure/srtp_session.h"

namespace parlance::sfu {

// Shared by all shards, every function safe from any thread; what they return belongs to one thread
// at a time. Simulations and tests of the cores have a fake of it.
class Crypto {
 public:
  virtual ~Crypto() = default;

  // Of the certificate that every DTLS session shows.
  virtual const Fingerprint& fingerprint() const = 0;

  virtual std::unique_ptr<DtlsSession> make_dtls() = 0;
  virtual std::unique_ptr<SrtpOutbound> make_srtp_outbound(const SrtpKeys& keys) = 0;
  virtual std::unique_ptr<SrtpInbound> make_srtp_inbound(const SrtpKeys& keys) = 0;

  virtual void random(std::span<std::uint8_t> out) = 0;
};

// On OpenSSL and libsrtp2, with a fresh ECDSA P-256 certificate.
std::unique_ptr<Crypto> make_crypto();

}  // namespace parlance::sfu
