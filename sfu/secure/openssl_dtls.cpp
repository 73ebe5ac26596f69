#include "sfu/secure/openssl_dtls.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <sys/time.h>

#include "base/check.h"

namespace parlance::sfu {

namespace {

// RFC 8827 6.5 demands the first; what browsers offer beyond needs no CBC and no RSA key exchange.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

constexpr const char* kGroups = "X25519:P-256:P-384";

constexpr std::string_view kExporterLabel = "EXTRACTOR-dtls_srtp";  // RFC 5764 4.2

// First repetition after 100 ms, then doubling. OpenSSL gives up after twelve: 30 s altogether.
constexpr unsigned kFirstTimeoutUs = 100'000;
constexpr unsigned kLongestTimeoutUs = 4'000'000;

// Longer ones are no DTLS datagram of a handshake.
constexpr std::size_t kMaxEarlyDatagramSize = 2048;

unsigned timer_callback(SSL* /*ssl*/, unsigned previous_us) {
  return previous_us == 0 ? kFirstTimeoutUs : std::min(previous_us * 2, kLongestTimeoutUs);
}

int write_callback(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  if (size > 0) {
    static_cast<OpensslDtlsSession*>(BIO_get_data(bio))
        ->write_datagram({static_cast<const std::uint8_t*>(static_cast<const void*>(data)),
                          static_cast<std::size_t>(size)});
  }
  return size;
}

long control_callback(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  // Nothing is buffered here, so that a flush always succeeds; no other question applies.
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

int create_callback(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

const BIO_METHOD* datagram_out_method() {
  static const OpensslPtr<BIO_METHOD, BIO_meth_free> shared = [] {
    OpensslPtr<BIO_METHOD, BIO_meth_free> method(
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams out"));
    CHECK(method);
    BIO_meth_set_write(method.get(), write_callback);
    BIO_meth_set_ctrl(method.get(), control_callback);
    BIO_meth_set_create(method.get(), create_callback);
    return method;
  }();
  return shared.get();
}

// Replaces the check of a chain: what counts is the fingerprint that signaling told (RFC 8827 6.5).
int verify_callback(X509_STORE_CTX* store, void* /*argument*/) {
  auto* const ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const X509* const certificate = X509_STORE_CTX_get0_cert(store);
  auto* const session = static_cast<OpensslDtlsSession*>(SSL_get_app_data(ssl));
  if (certificate != nullptr && session->verify(*certificate)) {
    return 1;
  }
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
  return 0;
}

std::optional<SrtpProfile> negotiated_profile(SSL& ssl) {
  const SRTP_PROTECTION_PROFILE* const profile = SSL_get_selected_srtp_profile(&ssl);
  switch (profile == nullptr ? 0 : profile->id) {
    case SRTP_AEAD_AES_128_GCM:
      return SrtpProfile::kAeadAes128Gcm;
    case SRTP_AEAD_AES_256_GCM:
      return SrtpProfile::kAeadAes256Gcm;
    case SRTP_AES128_CM_SHA1_80:
      return SrtpProfile::kAes128CmSha1_80;
    default:
      return std::nullopt;
  }
}

}  // namespace

OpensslDtlsContext::OpensslDtlsContext(const char* srtp_profiles)
    : own_(make_certificate()), context_(SSL_CTX_new(DTLS_method())) {
  SSL_CTX* const context = context_.get();
  CHECK(context != nullptr);
  CHECK(SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1);
  // NO_QUERY_MTU: the BIO knows none, kMtu is set instead.
  SSL_CTX_set_options(context,
                      SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                          SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_SINGLE_ECDH_USE);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  CHECK(SSL_CTX_set_cipher_list(context, kCiphers) == 1);
  CHECK(SSL_CTX_set1_groups_list(context, kGroups) == 1);
  // This one returns 0 for success.
  CHECK(srtp_profiles == nullptr || SSL_CTX_set_tlsext_use_srtp(context, srtp_profiles) == 0);
  CHECK(SSL_CTX_use_certificate(context, own_.certificate.get()) == 1);
  CHECK(SSL_CTX_use_PrivateKey(context, own_.key.get()) == 1);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify_callback, nullptr);
}

std::unique_ptr<DtlsSession> OpensslDtlsContext::make_session(std::size_t mtu) const {
  return std::make_unique<OpensslDtlsSession>(*context_, mtu);
}

// Lends the output to OpenSSL's callbacks for one call, and keeps its error queue, which belongs to
// the thread, clean for the next session.
class OpensslDtlsSession::LentOutput {
 public:
  LentOutput(OpensslDtlsSession& session, DtlsOutput& out) : session_(session) {
    session_.out_ = &out;
    ERR_clear_error();
  }

  ~LentOutput() {
    session_.out_ = nullptr;
    ERR_clear_error();
  }

  LentOutput(const LentOutput&) = delete;
  LentOutput& operator=(const LentOutput&) = delete;

 private:
  OpensslDtlsSession& session_;
};

OpensslDtlsSession::OpensslDtlsSession(SSL_CTX& context, std::size_t mtu)
    : ssl_(SSL_new(&context)) {
  CHECK(ssl_);
  in_ = BIO_new(BIO_s_mem());
  BIO* const out = BIO_new(datagram_out_method());
  CHECK(in_ != nullptr && out != nullptr);
  BIO_set_mem_eof_return(in_, -1);  // empty means "later", not "end"
  BIO_set_data(out, this);
  SSL_set_bio(ssl_.get(), in_, out);
  SSL_set_app_data(ssl_.get(), this);
  CHECK(SSL_set_mtu(ssl_.get(), static_cast<long>(mtu)) != 0);
  DTLS_set_timer_cb(ssl_.get(), timer_callback);
}

void OpensslDtlsSession::start(Timestamp now,
                               DtlsSide side,
                               const Fingerprint& remote,
                               DtlsOutput& out) {
  CHECK(state_ == DtlsState::kIdle);
  const LentOutput lent(*this, out);
  side_ = side;
  remote_ = remote;
  state_ = DtlsState::kHandshaking;
  if (side == DtlsSide::kClient) {
    SSL_set_connect_state(ssl_.get());
    handshake();
  } else {
    SSL_set_accept_state(ssl_.get());
  }
  for (const auto& datagram : std::exchange(early_, {})) {
    process(datagram);
  }
  update_timeout(now);
}

void OpensslDtlsSession::on_datagram(Timestamp now,
                                     std::span<const std::uint8_t> datagram,
                                     DtlsOutput& out) {
  if (state_ == DtlsState::kIdle) {
    if (early_.size() < kMaxEarlyDatagrams && datagram.size() <= kMaxEarlyDatagramSize) {
      early_.emplace_back(datagram.begin(), datagram.end());
    }
    return;
  }
  const LentOutput lent(*this, out);
  process(datagram);
  update_timeout(now);
}

void OpensslDtlsSession::on_timeout(Timestamp now, DtlsOutput& out) {
  if (state_ != DtlsState::kHandshaking) {
    return;
  }
  const LentOutput lent(*this, out);
  if (DTLSv1_handle_timeout(ssl_.get()) < 0) {
    fail(DtlsError::kTimeout);
  }
  update_timeout(now);
}

void OpensslDtlsSession::close(DtlsOutput& out) {
  const LentOutput lent(*this, out);
  if (state_ == DtlsState::kConnected) {
    SSL_alloc_buffers(ssl_.get());
    SSL_shutdown(ssl_.get());  // sends close_notify, waits for nothing
  }
  if (state_ != DtlsState::kFailed) {
    state_ = DtlsState::kClosed;
  }
  next_timeout_ = kNever;
}

void OpensslDtlsSession::write_datagram(std::span<const std::uint8_t> datagram) {
  if (out_ != nullptr) {
    out_->send_dtls(datagram);
  }
}

bool OpensslDtlsSession::verify(const X509& certificate) {
  const Fingerprint shown = fingerprint_of(certificate);
  if (CRYPTO_memcmp(shown.digest().data(), remote_.digest().data(), Fingerprint::kSize) == 0) {
    return true;
  }
  error_ = DtlsError::kWrongFingerprint;
  return false;
}

void OpensslDtlsSession::process(std::span<const std::uint8_t> datagram) {
  if (datagram.empty() || (state_ != DtlsState::kHandshaking && state_ != DtlsState::kConnected)) {
    return;
  }
  SSL_alloc_buffers(ssl_.get());
  CHECK(BIO_write(in_, datagram.data(), static_cast<int>(datagram.size())) ==
        static_cast<int>(datagram.size()));
  if (state_ == DtlsState::kHandshaking) {
    handshake();
  }
  if (state_ == DtlsState::kConnected) {
    read_records();
    // 33 KB, taken again by who reads or writes next: OpenSSL itself would not.
    SSL_free_buffers(ssl_.get());
  }
  // What OpenSSL left unread of a broken datagram must not become the head of the next.
  BIO_reset(in_);
}

void OpensslDtlsSession::handshake() {
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    finish_handshake();
    return;
  }
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return;
    default:
      fail(error_.value_or(DtlsError::kHandshake));
  }
}

void OpensslDtlsSession::finish_handshake() {
  const auto profile = negotiated_profile(*ssl_);
  if (!profile) {
    SSL_shutdown(ssl_.get());
    fail(DtlsError::kNoSrtpProfile);
    return;
  }
  keys_.profile = *profile;
  if (!export_keys()) {
    fail(DtlsError::kHandshake);
    return;
  }
  state_ = DtlsState::kConnected;
}

bool OpensslDtlsSession::export_keys() {
  // RFC 5764 4.2: client key, server key, client salt, server salt.
  const auto [key, salt] = key_sizes(keys_.profile);
  std::vector<std::uint8_t> material(2 * (key + salt));
  if (SSL_export_keying_material(ssl_.get(),
                                 material.data(),
                                 material.size(),
                                 kExporterLabel.data(),
                                 kExporterLabel.size(),
                                 nullptr,
                                 0,
                                 0) != 1) {
    return false;
  }
  const std::span all(material);
  const auto joined = [&](std::size_t which) {
    const auto key_part = all.subspan(which * key, key);
    const auto salt_part = all.subspan(2 * key + which * salt, salt);
    std::vector<std::uint8_t> both(key_part.begin(), key_part.end());
    both.insert(both.end(), salt_part.begin(), salt_part.end());
    return both;
  };
  const bool client = side_ == DtlsSide::kClient;
  keys_.outbound = joined(client ? 0 : 1);
  keys_.inbound = joined(client ? 1 : 0);
  return true;
}

void OpensslDtlsSession::read_records() {
  // Application data has no taker; reading also answers a repeated last flight of the peer.
  std::array<std::uint8_t, 2048> ignored{};
  for (;;) {
    const int result = SSL_read(ssl_.get(), ignored.data(), static_cast<int>(ignored.size()));
    if (result > 0) {
      continue;
    }
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
      case SSL_ERROR_WANT_WRITE:
        return;
      case SSL_ERROR_ZERO_RETURN:
        state_ = DtlsState::kClosed;
        return;
      default:
        fail(DtlsError::kHandshake);
        return;
    }
  }
}

void OpensslDtlsSession::fail(DtlsError error) {
  state_ = DtlsState::kFailed;
  error_ = error;
}

void OpensslDtlsSession::update_timeout(Timestamp now) {
  timeval left{};
  if (state_ == DtlsState::kHandshaking && DTLSv1_get_timeout(ssl_.get(), &left) == 1) {
    // Never at once: where OpenSSL's clock is behind ours a loop would spin.
    constexpr Duration kShortest = std::chrono::milliseconds(1);
    next_timeout_ =
        now + std::max(kShortest, std::chrono::seconds(left.tv_sec) + Duration(left.tv_usec));
  } else {
    next_timeout_ = kNever;
  }
}

}  // namespace parlance::sfu
