// The client's side of a DTLS handshake (RFC 5764), on OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bench/load/certificate.h"

namespace parlance::load {

enum class SrtpProfile : std::uint8_t { kAes128CmSha1, kAeadAes128Gcm };

// Key and salt, one behind the other, as libsrtp takes them.
struct SrtpKeys {
  SrtpProfile profile = SrtpProfile::kAeadAes128Gcm;
  std::vector<std::uint8_t> sending;
  std::vector<std::uint8_t> receiving;
};

class DtlsClient {
 public:
  enum class State : std::uint8_t { kHandshaking, kConnected, kFailed };

  DtlsClient(const DtlsContext& context, std::string server_fingerprint);

  State state() const { return state_; }

  // Each returns what to send now; empty where nothing.
  std::vector<std::uint8_t> start();
  std::vector<std::uint8_t> on_datagram(std::span<const std::uint8_t> datagram);
  std::vector<std::uint8_t> on_timer();

  // Of a connected one.
  SrtpKeys keys() const;

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  std::vector<std::uint8_t> advance();
  void check_server();

  std::unique_ptr<SSL, Free> ssl_;
  BIO* in_;   // owned by ssl_
  BIO* out_;  // owned by ssl_
  std::string server_fingerprint_;
  State state_ = State::kHandshaking;
};

}  // namespace parlance::load
