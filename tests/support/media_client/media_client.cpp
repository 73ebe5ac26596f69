#include "tests/support/media_client/media_client.h"

#include <chrono>

#include "rtp/packet/demux.h"

namespace parlance::test {

namespace {

Timestamp now() {
  return Timestamp(
      std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

}  // namespace

class MediaClient::Output : public sfu::DtlsOutput {
 public:
  explicit Output(IceClient& ice) : ice_(ice) {}

  void send_dtls(std::span<const std::uint8_t> datagram) override { ice_.send(datagram); }

 private:
  IceClient& ice_;
};

MediaClient::MediaClient(const std::string& local_ip)
    : dtls_(crypto_->make_dtls()),
      ice_(std::make_unique<IceClient>(
          local_ip, [this](std::span<const std::uint8_t> datagram) { on_datagram(datagram); })) {}

MediaClient::~MediaClient() = default;

sfu::DtlsParameters MediaClient::dtls_parameters() const {
  return {.role = sfu::DtlsRole::kClient,
          .fingerprints = {{.algorithm = "sha-256", .value = crypto_->fingerprint().str()}}};
}

void MediaClient::connect(const sfu::TransportDescription& server) {
  server_ = server;
  ice_->connect(server.ice, server.candidates);
}

void MediaClient::move_to(const std::string& local_ip, const sfu::IceParameters& restarted) {
  ice_ = std::make_unique<IceClient>(
      local_ip, [this](std::span<const std::uint8_t> datagram) { on_datagram(datagram); });
  server_.ice = restarted;
  ice_->connect(server_.ice, server_.candidates);
}

bool MediaClient::connected() const {
  return ice_->connected() && dtls_->state() == sfu::DtlsState::kConnected;
}

bool MediaClient::closed() const {
  return dtls_->state() == sfu::DtlsState::kClosed || dtls_->state() == sfu::DtlsState::kFailed;
}

bool MediaClient::send_rtp(std::span<const std::uint8_t> packet) {
  if (!outbound_) {
    return false;
  }
  std::vector<std::uint8_t> buffer(packet.begin(), packet.end());
  buffer.resize(packet.size() + sfu::kSrtpMaxOverhead);
  const auto size = outbound_->protect_rtp(buffer, packet.size());
  return size && ice_->send(std::span(buffer).first(*size));
}

bool MediaClient::send_rtcp(std::span<const std::uint8_t> packet) {
  if (!outbound_) {
    return false;
  }
  std::vector<std::uint8_t> buffer(packet.begin(), packet.end());
  buffer.resize(packet.size() + sfu::kSrtpMaxOverhead);
  const auto size = outbound_->protect_rtcp(buffer, packet.size());
  return size && ice_->send(std::span(buffer).first(*size));
}

bool MediaClient::send_raw(std::span<const std::uint8_t> datagram) {
  return ice_->send(datagram);
}

void MediaClient::close() {
  Output out(*ice_);
  dtls_->close(out);
}

void MediaClient::run_once() {
  ice_->run_once();
  Output out(*ice_);
  if (!dtls_started_ && ice_->connected()) {
    const auto server = sfu::Fingerprint::parse(server_.dtls.fingerprints.at(0).value);
    dtls_started_ = true;
    dtls_->start(now(), sfu::DtlsSide::kClient, server.value_or(sfu::Fingerprint{}), out);
  }
  if (dtls_->next_timeout() <= now()) {
    dtls_->on_timeout(now(), out);
  }
  check_connected();
}

void MediaClient::on_datagram(std::span<const std::uint8_t> datagram) {
  Output out(*ice_);
  switch (rtp::classify_datagram(datagram)) {
    case rtp::DatagramKind::kDtls:
      dtls_->on_datagram(now(), datagram, out);
      check_connected();
      return;
    case rtp::DatagramKind::kRtp:
      on_media(datagram, false);
      return;
    case rtp::DatagramKind::kRtcp:
      on_media(datagram, true);
      return;
    case rtp::DatagramKind::kStun:
    case rtp::DatagramKind::kUnknown:
      return;
  }
}

void MediaClient::on_media(std::span<const std::uint8_t> datagram, bool is_rtcp) {
  std::vector<std::uint8_t> packet(datagram.begin(), datagram.end());
  if (!inbound_) {
    ++undecryptable;
    return;
  }
  const auto size = is_rtcp ? inbound_->unprotect_rtcp(packet) : inbound_->unprotect_rtp(packet);
  if (!size) {
    ++undecryptable;
    return;
  }
  packet.resize(*size);
  (is_rtcp ? rtcp : rtp).push_back(std::move(packet));
}

void MediaClient::check_connected() {
  if (!outbound_ && dtls_->state() == sfu::DtlsState::kConnected) {
    outbound_ = crypto_->make_srtp_outbound(dtls_->srtp_keys());
    inbound_ = crypto_->make_srtp_inbound(dtls_->srtp_keys());
  }
}

}  // namespace parlance::test
