#include "bench/load/link.h"

#include <utility>

namespace parlance::load {

namespace {

constexpr Nanoseconds kCheckInterval = 250 * kMillisecond;
constexpr Nanoseconds kConsentInterval = 5 * kSecond;  // RFC 7675, section 5.1

}  // namespace

Link::Link(const RemoteTerms& remote, IceCredentials local, const DtlsContext& dtls)
    : socket_(remote.ip, remote.port),
      ice_(std::move(local), remote.ice),
      dtls_(dtls, remote.fingerprint) {}

void Link::on_timer(Nanoseconds now) {
  if (now >= next_check_) {
    check(now);
  }
  if (state_ == State::kHandshaking) {
    send(dtls_.on_timer());
    on_handshake();
  }
}

void Link::check(Nanoseconds now) {
  next_check_ = now + (state_ == State::kChecking ? kCheckInterval : kConsentInterval);
  send(ice_.request());
}

void Link::on_datagram(std::span<const std::uint8_t> datagram) {
  constexpr std::uint8_t kFirstDtls = 20;  // RFC 7983, section 7
  constexpr std::uint8_t kLastDtls = 63;
  if (datagram.empty()) {
    return;
  }
  if (datagram[0] >= kFirstDtls && datagram[0] <= kLastDtls) {
    send(dtls_.on_datagram(datagram));
    on_handshake();
    return;
  }
  std::vector<std::uint8_t> answer;
  const bool answered = ice_.on_datagram(datagram, answer);
  send(answer);
  if (answered && state_ == State::kChecking) {
    state_ = State::kHandshaking;
    send(dtls_.start());
  }
}

void Link::on_handshake() {
  if (dtls_.state() == DtlsClient::State::kFailed) {
    state_ = State::kFailed;
  } else if (dtls_.state() == DtlsClient::State::kConnected && !srtp_) {
    srtp_.emplace(dtls_.keys());
    state_ = State::kConnected;
  }
}

void Link::send(const std::vector<std::uint8_t>& datagram) {
  if (!datagram.empty()) {
    socket_.send(datagram);
  }
}

}  // namespace parlance::load
