// DTLS on OpenSSL; private to this folder.
#pragma once

#include <memory>
#include <vector>

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "sfu/secure/dtls_session.h"
#include "sfu/secure/openssl_certificate.h"

namespace parlance::sfu {

// What all sessions share: certificate, ciphers, profiles. Sessions may be made from any thread.
class OpensslDtlsContext {
 public:
  // Our preference decides when we are the server. Chrome's own order starts with the dearest.
  static constexpr const char* kSrtpProfiles =
      "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80";

  // Tests leave profiles out; nullptr for none.
  explicit OpensslDtlsContext(const char* srtp_profiles = kSrtpProfiles);

  std::unique_ptr<DtlsSession> make_session(std::size_t mtu = DtlsSession::kMtu) const;

  SSL_CTX& native() const { return *context_; }

  const Fingerprint& fingerprint() const { return own_.fingerprint; }

 private:
  OwnCertificate own_;
  OpensslPtr<SSL_CTX, SSL_CTX_free> context_;
};

// OpenSSL reads a memory BIO that holds one datagram at a time, and writes to a BIO of our own
// where one write is one datagram. Its retransmission timer runs on the machine's clock:
// on_timeout() repeats a flight only when that clock agrees.
class OpensslDtlsSession : public DtlsSession {
 public:
  OpensslDtlsSession(SSL_CTX& context, std::size_t mtu);

  void start(Timestamp now, DtlsSide side, const Fingerprint& remote, DtlsOutput& out) override;
  void on_datagram(Timestamp now, std::span<const std::uint8_t> datagram, DtlsOutput& out) override;

  Timestamp next_timeout() const override { return next_timeout_; }

  void on_timeout(Timestamp now, DtlsOutput& out) override;
  void close(DtlsOutput& out) override;

  DtlsState state() const override { return state_; }

  std::optional<DtlsError> error() const override { return error_; }

  const SrtpKeys& srtp_keys() const override { return keys_; }

  // For the callbacks of OpenSSL.
  void write_datagram(std::span<const std::uint8_t> datagram);
  bool verify(const X509& certificate);

 private:
  class LentOutput;

  void process(std::span<const std::uint8_t> datagram);
  void handshake();
  void read_records();
  void finish_handshake();
  bool export_keys();
  void fail(DtlsError error);
  void update_timeout(Timestamp now);

  OpensslPtr<SSL, SSL_free> ssl_;
  BIO* in_ = nullptr;          // owned by ssl_
  DtlsOutput* out_ = nullptr;  // lent, during a call only
  DtlsSide side_ = DtlsSide::kServer;
  DtlsState state_ = DtlsState::kIdle;
  std::optional<DtlsError> error_;
  Fingerprint remote_;
  SrtpKeys keys_;
  Timestamp next_timeout_ = kNever;
  std::vector<std::vector<std::uint8_t>> early_;  // before start()
};

}  // namespace parlance::sfu
