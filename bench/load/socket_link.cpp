#include "bench/load/socket_link.h"

#include <utility>
#include <vector>

namespace parlance::load {

namespace {

constexpr Nanoseconds kCheckInterval = 250 * kMillisecond;
constexpr Nanoseconds kConsentInterval = 5 * kSecond;  // RFC 7675, section 5.1

}  // namespace

SocketLink::SocketLink(const RemoteTerms& remote, IceCredentials local, const DtlsContext& dtls)
    : Link(dtls, SrtpKind::kForMass),
      socket_(remote.ip, remote.port),
      ice_(std::move(local), remote.ice),
      server_fingerprint_(remote.fingerprint) {}

void SocketLink::on_timer(Nanoseconds now) {
  if (now >= next_check_) {
    next_check_ = now + (state() == State::kChecking ? kCheckInterval : kConsentInterval);
    socket_.send(ice_.request());
  }
  repeat_dtls();
}

void SocketLink::on_datagram(std::span<const std::uint8_t> datagram) {
  if (on_dtls(datagram)) {
    return;
  }
  std::vector<std::uint8_t> answer;
  const bool answered = ice_.on_datagram(datagram, answer);
  if (!answer.empty()) {
    socket_.send(answer);
  }
  if (answered && state() == State::kChecking) {
    start_dtls(server_fingerprint_);
  }
}

}  // namespace parlance::load
