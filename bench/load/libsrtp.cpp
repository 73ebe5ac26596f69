#include "bench/load/libsrtp.h"

#include <stdexcept>
#include <vector>

namespace parlance::load {

namespace {

constexpr unsigned long kReplayWindow = 1024;

void start_libsrtp() {
  static const bool started = [] {
    if (srtp_init() != srtp_err_status_ok) {
      throw std::runtime_error("libsrtp does not start");
    }
    return true;
  }();
  static_cast<void>(started);
}

srtp_t make_session(SrtpProfile profile,
                    std::vector<std::uint8_t> key,
                    srtp_ssrc_type_t direction) {
  srtp_policy_t policy{};
  if (profile == SrtpProfile::kAeadAes128Gcm) {
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
  } else {
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
  }
  policy.ssrc.type = direction;
  policy.key = key.data();
  policy.window_size = kReplayWindow;
  policy.allow_repeat_tx = 1;
  srtp_t session = nullptr;
  if (srtp_create(&session, &policy) != srtp_err_status_ok) {
    throw std::runtime_error("libsrtp takes no keys");
  }
  return session;
}

template <typename Call>
std::optional<std::size_t> run(Call call,
                               srtp_t session,
                               std::span<std::uint8_t> data,
                               std::size_t size) {
  int length = static_cast<int>(size);
  if (call(session, data.data(), &length) != srtp_err_status_ok) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(length);
}

}  // namespace

LibSrtp::LibSrtp(const SrtpKeys& keys) {
  start_libsrtp();
  sending_.reset(make_session(keys.profile, keys.sending, ssrc_any_outbound));
  receiving_.reset(make_session(keys.profile, keys.receiving, ssrc_any_inbound));
}

std::optional<std::size_t> LibSrtp::protect_rtp(std::span<std::uint8_t> buffer, std::size_t size) {
  return run(srtp_protect, sending_.get(), buffer, size);
}

std::optional<std::size_t> LibSrtp::protect_rtcp(std::span<std::uint8_t> buffer, std::size_t size) {
  return run(srtp_protect_rtcp, sending_.get(), buffer, size);
}

std::optional<std::size_t> LibSrtp::unprotect_rtp(std::span<std::uint8_t> packet) {
  return run(srtp_unprotect, receiving_.get(), packet, packet.size());
}

std::optional<std::size_t> LibSrtp::unprotect_rtcp(std::span<std::uint8_t> packet) {
  return run(srtp_unprotect_rtcp, receiving_.get(), packet, packet.size());
}

}  // namespace parlance::load
