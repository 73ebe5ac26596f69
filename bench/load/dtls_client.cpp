#include "bench/load/dtls_client.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <openssl/err.h>

namespace parlance::load {

namespace {

constexpr long kMtu = 1200;
constexpr std::size_t kKeySize = 16;
constexpr std::size_t kGcmSaltSize = 12;  // RFC 7714, section 12
constexpr std::size_t kCmSaltSize = 14;   // RFC 3711, section 8.2

}  // namespace

DtlsClient::DtlsClient(const DtlsContext& context, std::string server_fingerprint)
    : ssl_(SSL_new(context.get())),
      in_(BIO_new(BIO_s_mem())),
      out_(BIO_new(BIO_s_mem())),
      server_fingerprint_(std::move(server_fingerprint)) {
  BIO_set_mem_eof_return(in_, -1);
  BIO_set_mem_eof_return(out_, -1);
  SSL_set_bio(ssl_.get(), in_, out_);
  SSL_set_options(ssl_.get(), SSL_OP_NO_QUERY_MTU);
  SSL_set_mtu(ssl_.get(), kMtu);
  SSL_set_connect_state(ssl_.get());
  // As Chrome does: OpenSSL would wait a second before it repeats its first flight.
  DTLS_set_timer_cb(ssl_.get(), [](SSL*, unsigned timer_us) {
    constexpr unsigned kFirstUs = 50'000;
    return timer_us == 0 ? kFirstUs : 2 * timer_us;
  });
}

std::vector<std::uint8_t> DtlsClient::start() {
  return advance();
}

std::vector<std::uint8_t> DtlsClient::on_datagram(std::span<const std::uint8_t> datagram) {
  BIO_write(in_, datagram.data(), static_cast<int>(datagram.size()));
  return advance();
}

std::vector<std::uint8_t> DtlsClient::on_timer() {
  if (state_ == State::kHandshaking) {
    DTLSv1_handle_timeout(ssl_.get());
  }
  return advance();
}

std::vector<std::uint8_t> DtlsClient::advance() {
  ERR_clear_error();
  if (state_ == State::kHandshaking) {
    const int done = SSL_do_handshake(ssl_.get());
    if (done == 1) {
      check_server();
    } else if (SSL_get_error(ssl_.get(), done) != SSL_ERROR_WANT_READ) {
      state_ = State::kFailed;
    }
  } else if (state_ == State::kConnected) {
    std::array<std::uint8_t, 2048> nothing{};
    SSL_read(ssl_.get(), nothing.data(), static_cast<int>(nothing.size()));
    if ((SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0) {
      state_ = State::kFailed;
    }
  }
  std::vector<std::uint8_t> output(BIO_ctrl_pending(out_));
  if (!output.empty()) {
    BIO_read(out_, output.data(), static_cast<int>(output.size()));
  }
  return output;
}

void DtlsClient::check_server() {
  const X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  const bool known = certificate != nullptr &&
                     sha256_fingerprint(*certificate) == server_fingerprint_ &&
                     SSL_get_selected_srtp_profile(ssl_.get()) != nullptr;
  state_ = known ? State::kConnected : State::kFailed;
}

SrtpKeys DtlsClient::keys() const {
  SrtpKeys keys;
  const bool gcm = SSL_get_selected_srtp_profile(ssl_.get())->id == SRTP_AEAD_AES_128_GCM;
  keys.profile = gcm ? SrtpProfile::kAeadAes128Gcm : SrtpProfile::kAes128CmSha1;
  const std::size_t salt = gcm ? kGcmSaltSize : kCmSaltSize;
  // RFC 5764, section 4.2: client key, server key, client salt, server salt.
  constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";
  std::vector<std::uint8_t> material(2 * (kKeySize + salt));
  SSL_export_keying_material(
      ssl_.get(), material.data(), material.size(), kLabel.data(), kLabel.size(), nullptr, 0, 0);
  const auto cut = [&](std::size_t from, std::size_t size, std::vector<std::uint8_t>& to) {
    const auto part = std::span(material).subspan(from, size);
    to.insert(to.end(), part.begin(), part.end());
  };
  cut(0, kKeySize, keys.sending);
  cut(2 * kKeySize, salt, keys.sending);
  cut(kKeySize, kKeySize, keys.receiving);
  cut(2 * kKeySize + salt, salt, keys.receiving);
  return keys;
}

}  // namespace parlance::load
