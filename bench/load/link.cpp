#include "bench/load/link.h"

#include <algorithm>
#include <array>

namespace parlance::load {

void Link::send_rtcp(std::span<const std::uint8_t> packet) {
  std::array<std::uint8_t, kMaxRtcp + kSrtpOverhead> buffer{};
  std::ranges::copy(packet, buffer.begin());
  if (const auto size = srtp_->protect_rtcp(buffer, packet.size())) {
    send(std::span(buffer).first(*size));
  }
}

std::optional<Feedback> Link::receive_rtcp(std::span<std::uint8_t> datagram) {
  const auto size = srtp_->unprotect_rtcp(datagram);
  if (!size) {
    return std::nullopt;
  }
  Feedback feedback;
  read_rtcp(datagram.first(*size), feedback);
  return feedback;
}

void Link::start_dtls(const std::string& server_fingerprint) {
  state_ = State::kHandshaking;
  dtls_ = std::make_unique<DtlsClient>(dtls_context_, server_fingerprint);
  on_handshake(dtls_->start());
}

void Link::repeat_dtls() {
  if (state_ == State::kHandshaking) {
    on_handshake(dtls_->on_timer());
  }
}

bool Link::on_dtls(std::span<const std::uint8_t> datagram) {
  constexpr std::uint8_t kFirst = 20;  // RFC 7983, section 7
  constexpr std::uint8_t kLast = 63;
  if (datagram.empty() || datagram[0] < kFirst || datagram[0] > kLast) {
    return false;
  }
  if (dtls_) {
    on_handshake(dtls_->on_datagram(datagram));
  }
  return true;
}

void Link::on_handshake(const std::vector<std::uint8_t>& output) {
  if (!output.empty()) {
    send(output);
  }
  if (dtls_->state() == DtlsClient::State::kFailed) {
    state_ = State::kFailed;
  } else if (dtls_->state() == DtlsClient::State::kConnected && !srtp_) {
    srtp_ = make_srtp(srtp_kind_, dtls_->keys());
    state_ = State::kConnected;
  }
}

}  // namespace parlance::load
