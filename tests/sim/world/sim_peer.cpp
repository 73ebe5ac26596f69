#include "tests/sim/world/sim_peer.h"

#include <algorithm>

#include "rtp/packet/demux.h"
#include "rtp/packet/packet_view.h"
#include "tests/support/stun/stun_builder.h"

namespace parlance::test {

namespace {

constexpr Duration kCheckInterval = std::chrono::milliseconds(2500);
constexpr Duration kFirstChecks = std::chrono::milliseconds(50);
constexpr Duration kAudioInterval = std::chrono::milliseconds(20);
constexpr Duration kReports = std::chrono::milliseconds(1000);

std::vector<rtp::RtpHeaderExtensionParameters> all_extensions() {
  auto extensions = extensions_of(rtp::MediaKind::kVideo);
  std::ranges::copy(extensions_of(rtp::MediaKind::kAudio), std::back_inserter(extensions));
  return extensions;
}

}  // namespace

class SimPeer::Output final : public sfu::DtlsOutput {
 public:
  explicit Output(SimPeer& peer) : peer_(peer) {}

  void send_dtls(std::span<const std::uint8_t> datagram) override {
    peer_.send_raw({datagram.begin(), datagram.end()});
  }

 private:
  SimPeer& peer_;
};

SimPeer::SimPeer(std::uint8_t number, std::uint64_t seed)
    : number_(number),
      crypto_(seed, static_cast<std::uint8_t>(100 + number)),
      own_ufrag_("peer" + std::to_string(number)),
      dtls_(std::make_unique<FakeDtls>(crypto_.fingerprint())),
      extensions_(all_extensions()) {
  path_.remote = sfu::SocketAddress::v4({10, 0, 0, number}, 40000);
}

sfu::DtlsParameters SimPeer::dtls_parameters() const {
  return {sfu::DtlsRole::kClient, {{"sha-256", crypto_.fingerprint().str()}}};
}

void SimPeer::start(Timestamp now, const sfu::TransportDescription& server) {
  server_ice_ = server.ice;
  server_fingerprint_ = *sfu::Fingerprint::parse(server.dtls.fingerprints.at(0).value);
  next_check_ = now;
  next_report_ = now + kReports;
}

void SimPeer::restart_ice(Timestamp now, const sfu::IceParameters& fresh, sfu::Path path) {
  server_ice_ = fresh;
  move_to(now, path);
}

void SimPeer::move_to(Timestamp now, sfu::Path path) {
  path_ = path;
  next_check_ = now;
}

void SimPeer::send_check(Timestamp now) {
  Check check;
  check.username = server_ice_.username_fragment + ":" + own_ufrag_;
  check.password = server_ice_.password;
  check.use_candidate = true;
  check.priority = 0x7E0000FF;
  send_raw(check.bytes());
  next_check_ = now + (started_dtls_ ? kCheckInterval : kFirstChecks);
}

void SimPeer::on_datagram(Timestamp now, std::span<const std::uint8_t> datagram) {
  switch (rtp::classify_datagram(datagram)) {
    case rtp::DatagramKind::kStun:
      if (!started_dtls_) {
        started_dtls_ = true;
        Output out(*this);
        dtls_->start(now, sfu::DtlsSide::kClient, server_fingerprint_, out);
        next_check_ = now + kCheckInterval;
      }
      break;
    case rtp::DatagramKind::kDtls: {
      Output out(*this);
      dtls_->on_datagram(now, datagram, out);
      take_keys();
      break;
    }
    case rtp::DatagramKind::kRtp:
      on_rtp(now, {datagram.begin(), datagram.end()});
      break;
    case rtp::DatagramKind::kRtcp:
      on_rtcp(now, {datagram.begin(), datagram.end()});
      break;
    case rtp::DatagramKind::kUnknown:
      break;
  }
}

void SimPeer::take_keys() {
  if (connected() && srtp_out_ == nullptr) {
    srtp_out_ = crypto_.make_srtp_outbound(dtls_->srtp_keys());
    srtp_in_ = crypto_.make_srtp_inbound(dtls_->srtp_keys());
  }
}

void SimPeer::close_dtls(Timestamp) {
  Output out(*this);
  dtls_->close(out);
}

VideoSource& SimPeer::add_video(VideoSource::Setup setup) {
  sources_.push_back(std::make_unique<VideoSource>(std::move(setup)));
  return *sources_.back();
}

void SimPeer::add_audio(rtp::Ssrc ssrc, std::uint8_t below_overload_db) {
  audio_ssrc_ = ssrc;
  audio_level_ = below_overload_db;
  next_audio_ = Timestamp{};
}

VideoSink& SimPeer::expect_video(rtp::Ssrc ssrc) {
  auto& sink = sinks_[ssrc];
  sink = std::make_unique<VideoSink>(ssrc);
  return *sink;
}

VideoSource* SimPeer::source_of(rtp::Ssrc ssrc) {
  const auto found = std::ranges::find_if(
      sources_, [ssrc](const auto& source) { return source->setup().ssrc == ssrc; });
  return found == sources_.end() ? nullptr : found->get();
}

Timestamp SimPeer::next_timeout() const {
  Timestamp next = std::min({next_check_, next_report_, dtls_->next_timeout()});
  if (connected()) {
    next = std::min({next, next_audio_, arrivals_.next_timeout()});
    for (const auto& source : sources_) {
      next = std::min(next, source->next_timeout());
    }
    for (const auto& [ssrc, sink] : sinks_) {
      next = std::min(next, sink->next_timeout());
    }
  }
  return next;
}

void SimPeer::on_timeout(Timestamp now) {
  if (next_check_ <= now) {
    send_check(now);
  }
  if (dtls_->next_timeout() <= now) {
    Output out(*this);
    dtls_->on_timeout(now, out);
  }
  if (next_report_ <= now) {
    send_reports(now);
    next_report_ = now + kReports;
  }
  if (!connected()) {
    return;
  }
  if (next_audio_ <= now) {
    send_audio(now);
  }
  for (const auto& source : sources_) {
    source->on_timeout(now, [this](RtpSample sample) { send_sample(std::move(sample)); });
  }
  for (const auto& [ssrc, sink] : sinks_) {
    ask(now, *sink);
  }
  if (arrivals_.next_timeout() <= now) {
    for (;;) {
      std::array<std::uint8_t, 1400> bytes{};
      ByteWriter out(bytes);
      if (!arrivals_.write_feedback(now, out, 1)) {
        break;
      }
      send_rtcp(out.written());
    }
  }
}

void SimPeer::send_audio(Timestamp now) {
  RtpSample sample;
  sample.payload_type = kAudioType;
  sample.ssrc = *audio_ssrc_;
  sample.sequence = audio_sequence_++;
  sample.timestamp = static_cast<std::uint32_t>(now.time_since_epoch().count() * 48 / 1000);
  sample.mid = "a";
  sample.below_overload_db = audio_level_;
  sample.payload.assign(80, 0x11);
  send_sample(std::move(sample));
  next_audio_ = now + kAudioInterval;
}

void SimPeer::send_sample(RtpSample sample) {
  if (srtp_out_ == nullptr) {
    return;
  }
  if (sample.payload_type != kAudioType) {
    sample.transport_sequence = transport_sequence_++;
  }
  std::vector<std::uint8_t> bytes = sample.bytes();
  const std::size_t size = bytes.size();
  bytes.resize(size + sfu::kSrtpMaxOverhead);
  bytes.resize(srtp_out_->protect_rtp(bytes, size).value());
  last_rtp_ = bytes;
  send_raw(std::move(bytes));
}

void SimPeer::replay_last_rtp() {
  send_raw(last_rtp_);
}

void SimPeer::on_rtp(Timestamp now, std::vector<std::uint8_t> packet) {
  const auto size = srtp_in_ == nullptr ? std::unexpected(sfu::SrtpError::kInternal)
                                        : srtp_in_->unprotect_rtp(packet);
  if (!size) {
    return;
  }
  packet.resize(*size);
  const auto view = rtp::PacketView::parse(packet, extensions_);
  if (!view) {
    return;
  }
  if (const auto sequence = view->transport_sequence()) {
    arrivals_.on_packet(now, *sequence, view->ssrc());
    if (last_transport_sequence_in_ &&
        *sequence != static_cast<std::uint16_t>(*last_transport_sequence_in_ + 1)) {
      ++seen_.transport_sequence_gaps;
    }
    last_transport_sequence_in_ = sequence;
  }
  if (const auto sink = sinks_.find(view->ssrc()); sink != sinks_.end()) {
    return sink->second->on_packet(now, view->sequence(), false, *view, view->payload());
  }
  const auto repaired = sinks_.find(view->ssrc() - 1);
  if (repaired != sinks_.end() && view->payload_type() == kRouterVideoRtxType) {
    const auto payload = view->payload();
    const auto original = static_cast<std::uint16_t>(payload[0] << 8U | payload[1]);
    return repaired->second->on_packet(now, original, true, *view, payload.subspan(2));
  }
  if (view->payload_type() != kRouterAudioType) {
    ++seen_.unknown_ssrc;
    return;
  }
  ++seen_.audio_packets;
  const auto last = last_audio_in_.find(view->ssrc());
  if (last != last_audio_in_.end() &&
      view->sequence() != static_cast<std::uint16_t>(last->second + 1)) {
    ++seen_.audio_out_of_order;
  }
  last_audio_in_[view->ssrc()] = view->sequence();
}

}  // namespace parlance::test
