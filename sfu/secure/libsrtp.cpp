#include "sfu/secure/libsrtp.h"

#include <algorithm>
#include <mutex>

#include <arpa/inet.h>

#include "base/byte_reader.h"
#include "base/check.h"

namespace parlance::sfu {

namespace {

constexpr std::size_t kRtpHeaderSize = 12;  // RFC 3550 5.1
constexpr std::size_t kRtcpHeaderSize = 8;  // RFC 3550 6.1: header and sender's SSRC
constexpr std::size_t kRtpSsrcOffset = 8;
constexpr std::size_t kRtcpSsrcOffset = 4;

SrtpError to_error(srtp_err_status_t status) {
  switch (status) {
    case srtp_err_status_bad_param:
    case srtp_err_status_parse_err:
      return SrtpError::kMalformed;
    case srtp_err_status_auth_fail:
    case srtp_err_status_cipher_fail:
    case srtp_err_status_no_ctx:
      return SrtpError::kAuthentication;
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
      return SrtpError::kReplayed;
    default:
      return SrtpError::kInternal;
  }
}

void set_crypto(SrtpProfile profile, srtp_policy_t& policy) {
  switch (profile) {
    case SrtpProfile::kAeadAes128Gcm:
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
      return;
    case SrtpProfile::kAeadAes256Gcm:
      srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
      srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtcp);
      return;
    case SrtpProfile::kAes128CmSha1_80:
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
      return;
  }
}

std::uint32_t ssrc_at(std::span<const std::uint8_t> packet, std::size_t offset) {
  return ByteReader(packet.subspan(offset)).u32();
}

using Transform = srtp_err_status_t (*)(srtp_t, void*, int*);

std::expected<std::size_t, SrtpError> run(Transform transform,
                                          srtp_t session,
                                          std::span<std::uint8_t> buffer,
                                          std::size_t size) {
  int length = static_cast<int>(size);
  const srtp_err_status_t status = transform(session, buffer.data(), &length);
  if (status != srtp_err_status_ok) {
    return std::unexpected(to_error(status));
  }
  return static_cast<std::size_t>(length);
}

std::expected<std::size_t, SrtpError> protect(Transform transform,
                                              srtp_t session,
                                              std::span<std::uint8_t> buffer,
                                              std::size_t size,
                                              std::size_t header_size) {
  if (size < header_size) {
    return std::unexpected(SrtpError::kMalformed);
  }
  if (buffer.size() < size + kSrtpMaxOverhead) {
    return std::unexpected(SrtpError::kNoRoom);
  }
  return run(transform, session, buffer, size);
}

}  // namespace

void init_libsrtp() {
  static std::once_flag once;
  std::call_once(once, [] { CHECK(srtp_init() == srtp_err_status_ok); });
}

LibsrtpContext::LibsrtpContext(SrtpProfile profile,
                               std::vector<std::uint8_t> key,
                               srtp_ssrc_type_t direction) {
  const auto sizes = key_sizes(profile);
  CHECK(key.size() == sizes.key + sizes.salt);
  srtp_policy_t policy{};
  set_crypto(profile, policy);
  policy.ssrc.type = direction;
  policy.key = key.data();  // read during srtp_create only
  policy.window_size = SrtpInbound::kReplayWindow;
  policy.allow_repeat_tx = 1;
  CHECK(srtp_create(&session_, &policy) == srtp_err_status_ok);
}

LibsrtpContext::~LibsrtpContext() {
  srtp_dealloc(session_);
}

void LibsrtpContext::remove(std::uint32_t ssrc) {
  // Fails where there is no such stream, which is as good.
  (void)srtp_remove_stream(session_, htonl(ssrc));
}

LibsrtpOutbound::LibsrtpOutbound(const SrtpKeys& keys)
    : context_(keys.profile, keys.outbound, ssrc_any_outbound) {}

std::expected<std::size_t, SrtpError> LibsrtpOutbound::protect_rtp(std::span<std::uint8_t> buffer,
                                                                   std::size_t size) {
  return protect(srtp_protect, context_.get(), buffer, size, kRtpHeaderSize);
}

std::expected<std::size_t, SrtpError> LibsrtpOutbound::protect_rtcp(std::span<std::uint8_t> buffer,
                                                                    std::size_t size) {
  return protect(srtp_protect_rtcp, context_.get(), buffer, size, kRtcpHeaderSize);
}

void LibsrtpOutbound::forget(std::uint32_t ssrc) {
  context_.remove(ssrc);
}

LibsrtpInbound::LibsrtpInbound(const SrtpKeys& keys)
    : context_(keys.profile, keys.inbound, ssrc_any_inbound) {}

std::expected<std::size_t, SrtpError> LibsrtpInbound::unprotect_rtp(
    std::span<std::uint8_t> packet) {
  if (packet.size() < kRtpHeaderSize) {
    return std::unexpected(SrtpError::kMalformed);
  }
  const std::uint32_t ssrc = ssrc_at(packet, kRtpSsrcOffset);
  if (!may_have(ssrc)) {
    return std::unexpected(SrtpError::kTooManyStreams);
  }
  const auto size = run(srtp_unprotect, context_.get(), packet, packet.size());
  if (size) {
    remember(ssrc);
  }
  return size;
}

std::expected<std::size_t, SrtpError> LibsrtpInbound::unprotect_rtcp(
    std::span<std::uint8_t> packet) {
  if (packet.size() < kRtcpHeaderSize) {
    return std::unexpected(SrtpError::kMalformed);
  }
  const std::uint32_t ssrc = ssrc_at(packet, kRtcpSsrcOffset);
  if (!may_have(ssrc)) {
    return std::unexpected(SrtpError::kTooManyStreams);
  }
  const auto size = run(srtp_unprotect_rtcp, context_.get(), packet, packet.size());
  if (size) {
    remember(ssrc);
  }
  return size;
}

void LibsrtpInbound::forget(std::uint32_t ssrc) {
  context_.remove(ssrc);
  std::erase(streams_, ssrc);
}

bool LibsrtpInbound::may_have(std::uint32_t ssrc) const {
  return streams_.size() < kMaxStreams || std::ranges::find(streams_, ssrc) != streams_.end();
}

void LibsrtpInbound::remember(std::uint32_t ssrc) {
  if (std::ranges::find(streams_, ssrc) == streams_.end()) {
    streams_.push_back(ssrc);
  }
}

}  // namespace parlance::sfu
