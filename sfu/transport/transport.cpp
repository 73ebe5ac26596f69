#include "sfu/transport/transport.h"

#include <algorithm>
#include <array>

namespace parlance::sfu {

namespace {

IceCredentials fresh_credentials(Crypto& crypto) {
  std::array<std::uint8_t, kIceUfragSize + kIcePasswordSize> random{};
  crypto.random(random);
  return make_ice_credentials(random);
}

std::uint32_t random_u32(Crypto& crypto) {
  std::array<std::uint8_t, 4> bytes{};
  crypto.random(bytes);
  return static_cast<std::uint32_t>(bytes[0]) << 24U | static_cast<std::uint32_t>(bytes[1]) << 16U |
         static_cast<std::uint32_t>(bytes[2]) << 8U | bytes[3];
}

// Of our own reports; not zero, which some receivers take for "none".
rtp::Ssrc report_ssrc(Crypto& crypto) {
  return random_u32(crypto) | 1U;
}

std::string report_cname(Crypto& crypto) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string name;
  for (std::uint32_t bits = random_u32(crypto), i = 0; i < 8; ++i, bits >>= 4U) {
    name.push_back(kDigits[bits & 0xFU]);
  }
  return name;
}

}  // namespace

Transport::Transport(RouterId router, TransportId id, const TransportContext& context)
    : router_(router),
      id_(id),
      context_(context),
      ice_(fresh_credentials(context.crypto)),
      dtls_(context.crypto.make_dtls()),
      sender_(context.counters),
      receiver_(context.counters),
      reporter_(report_ssrc(context.crypto), report_cname(context.crypto)),
      rtcp_(receiver_.streams(), sends_, sender_.history(), reporter_, context.counters) {
  enter_ufrag(ice_.credentials().ufrag);
  ++context_.counters.transports;
}

Transport::~Transport() {
  for (const Path& path : ice_.paths()) {
    context_.demux.remove(path, *this);
  }
  for (const std::string& ufrag : ufrags_) {
    context_.demux.remove_ufrag(ufrag);
  }
  --context_.counters.transports;
}

void Transport::enter_ufrag(const std::string& ufrag) {
  if (context_.demux.add_ufrag(ufrag, *this)) {
    ufrags_.push_back(ufrag);
  }
}

void Transport::leave_ufrag(const std::string& ufrag) {
  if (std::erase(ufrags_, ufrag) > 0) {
    context_.demux.remove_ufrag(ufrag);
  }
}

IceParameters Transport::ice_parameters() const {
  return {ice_.credentials().ufrag, ice_.credentials().password};
}

std::expected<Transport::Remote, MediaError> Transport::read_remote(
    const DtlsParameters& parameters) {
  Remote remote;
  // RFC 8842 section 5.2: who is active sends the ClientHello. "auto" leaves that to the browser.
  remote.side = parameters.role == DtlsRole::kServer ? DtlsSide::kClient : DtlsSide::kServer;
  for (const DtlsFingerprint& fingerprint : parameters.fingerprints) {
    if (fingerprint.algorithm != "sha-256") {
      continue;
    }
    if (const auto parsed = Fingerprint::parse(fingerprint.value)) {
      remote.fingerprint = *parsed;
      return remote;
    }
  }
  return std::unexpected(MediaError::kBadDtlsParameters);
}

std::expected<void, MediaError> Transport::connect(Timestamp now,
                                                   const DtlsParameters& remote,
                                                   Outbox& outbox) {
  if (remote_) {
    return std::unexpected(MediaError::kAlreadyConnected);
  }
  const auto read = read_remote(remote);
  if (!read) {
    return std::unexpected(read.error());
  }
  remote_ = *read;
  after_ice_or_dtls(now, outbox);
  return {};
}

IceParameters Transport::restart_ice(Timestamp now) {
  if (const auto retired = ice_.restart(fresh_credentials(context_.crypto))) {
    leave_ufrag(*retired);
  }
  enter_ufrag(ice_.credentials().ufrag);
  timers_.arm(Slot::kIce, std::max(now, ice_.next_timeout()));
  reschedule();
  return ice_parameters();
}

void Transport::close(Timestamp now, Outbox& outbox) {
  DtlsSender out(now, sender_, outbox);
  dtls_->close(out);
}

void Transport::on_stun(Timestamp now, const PacketRef& packet, const Path& from, Outbox& outbox) {
  if (broken_) {
    return;
  }
  received_.add(now, packet->bytes().size());
  const IceUpdate update = ice_.on_datagram(now, packet->bytes(), from, outbox);
  if (update.drop) {
    context_.counters.drops.count(DropReason::kBadStun);
  }
  adopt(update, &from);
  after_ice_or_dtls(now, outbox);
}

void Transport::adopt(const IceUpdate& update, const Path* from) {
  if (update.pair_removed) {
    context_.demux.remove(*update.pair_removed, *this);
  }
  if (update.pair_added && from != nullptr) {
    context_.demux.add(*from, *this);
  }
  if (update.retired_ufrag) {
    leave_ufrag(*update.retired_ufrag);
  }
}

void Transport::on_dtls(Timestamp now, const PacketRef& packet, const Path& from, Outbox& outbox) {
  if (broken_) {
    return;
  }
  received_.add(now, packet->bytes().size());
  if (!dtls_started_ && ++early_dtls_ > DtlsSession::kMaxEarlyDatagrams) {
    context_.counters.drops.count(DropReason::kDtlsTooEarly);
    return;
  }
  ice_.prefer(from);
  sender_.set_path(ice_.selected());
  DtlsSender out(now, sender_, outbox);
  dtls_->on_datagram(now, packet->bytes(), out);
  after_ice_or_dtls(now, outbox);
}

void Transport::on_rtp(Timestamp now, const PacketRef& packet, Outbox& outbox) {
  received_.add(now, packet->bytes().size());
  if (state_ == TransportState::kClosed || state_ == TransportState::kFailed) {
    context_.counters.drops.count(DropReason::kMediaAfterClose);
    return;
  }
  const Timestamp due_before = receiver_.arrivals().next_timeout();
  receiver_.on_rtp(now, packet, outbox);
  if (const Timestamp due = receiver_.arrivals().next_timeout(); due != due_before) {
    timers_.arm(Slot::kTransportFeedback, due);
    reschedule();
  }
}

void Transport::on_rtcp(Timestamp now, const PacketRef& packet, Outbox& outbox) {
  received_.add(now, packet->bytes().size());
  if (state_ == TransportState::kClosed || state_ == TransportState::kFailed) {
    context_.counters.drops.count(DropReason::kMediaAfterClose);
    return;
  }
  if (receiver_.unprotect_rtcp(*packet)) {
    rtcp_.on_compound(now, context_.clock.at(now), packet->bytes(), outbox);
  }
}

void Transport::start_dtls_when_ready(Timestamp now, Outbox& outbox) {
  if (!dtls_started_ && remote_ && ice_.selected()) {
    dtls_started_ = true;
    DtlsSender out(now, sender_, outbox);
    dtls_->start(now, remote_->side, remote_->fingerprint, out);
  }
}

void Transport::take_keys() {
  if (receiver_.ready() || dtls_->state() != DtlsState::kConnected) {
    return;
  }
  const SrtpKeys& keys = dtls_->srtp_keys();
  sender_.set_keys(context_.crypto.make_srtp_outbound(keys));
  receiver_.set_keys(context_.crypto.make_srtp_inbound(keys));
}

TransportState Transport::present_state() const {
  if (broken_ || dtls_->state() == DtlsState::kFailed) {
    return TransportState::kFailed;
  }
  if (dtls_->state() == DtlsState::kClosed) {
    return TransportState::kClosed;
  }
  if (ice_.state() == IceState::kDisconnected) {
    return TransportState::kDisconnected;
  }
  if (ice_.state() == IceState::kConnected && dtls_->state() == DtlsState::kConnected) {
    return TransportState::kConnected;
  }
  return ice_.state() == IceState::kNew && !remote_ ? TransportState::kNew
                                                    : TransportState::kConnecting;
}

void Transport::after_ice_or_dtls(Timestamp now, Outbox& outbox) {
  sender_.set_path(ice_.selected());
  start_dtls_when_ready(now, outbox);
  take_keys();
  timers_.arm(Slot::kIce, ice_.next_timeout());
  timers_.arm(Slot::kDtls, dtls_->next_timeout());
  const TransportState state = present_state();
  if (state != state_) {
    state_ = state;
    context_.events.push_back({router_, MediaEvent::TransportChanged{id_, state}});
    const bool writable = state == TransportState::kConnected;
    for (Consumer* consumer : sends_.consumers()) {
      consumer->set_writable(now, writable, outbox);
    }
    if (writable) {
      arm_report(now + kFirstReportDelay);
    } else {
      timers_.disarm(Slot::kReport);
    }
  }
  reschedule();
}

void Transport::reschedule() {
  context_.ready.schedule(*this, timers_.next_timeout());
}

void Transport::on_bug() noexcept {
  // Its parts are in an unknown state: they are not touched again until close.
  broken_ = true;
  state_ = TransportState::kFailed;
  sender_.set_keys(nullptr);
  receiver_.set_keys(nullptr);
  timers_ = {};
}

std::expected<void, MediaError> Transport::attach(Producer& producer) {
  return receiver_.attach(producer);
}

void Transport::detach(Producer& producer) {
  receiver_.detach(producer);
}

void Transport::wake_at(Timestamp at) {
  // An earlier deadline stays: what is due then looks at all producers.
  if (at < timers_.at(Slot::kProducers)) {
    timers_.arm(Slot::kProducers, at);
    reschedule();
  }
}

std::expected<void, MediaError> Transport::attach(Timestamp now,
                                                  Consumer& consumer,
                                                  Outbox& outbox) {
  const auto added = sends_.add(consumer);
  if (added) {
    consumer.set_writable(now, state_ == TransportState::kConnected, outbox);
  }
  return added;
}

void Transport::detach(Consumer& consumer) {
  sends_.remove(consumer);
  sender_.forget(consumer.ssrc());
  if (const auto rtx_ssrc = consumer.rtx_ssrc()) {
    sender_.forget(*rtx_ssrc);
  }
}

void Transport::hasten_report(Timestamp now) {
  if (state_ == TransportState::kConnected) {
    arm_report(now + kFirstReportDelay);
    reschedule();
  }
}

void Transport::arm_report(Timestamp at) {
  if (at < timers_.at(Slot::kReport)) {
    timers_.arm(Slot::kReport, at);
  }
}

void Transport::on_timeout(Timestamp now, Outbox& outbox) {
  while (!broken_) {
    const auto slot = timers_.pop_due(now);
    if (!slot) {
      break;
    }
    run(now, *slot, outbox);
  }
  reschedule();
}

void Transport::run(Timestamp now, Slot slot, Outbox& outbox) {
  switch (slot) {
    case Slot::kIce:
      return run_ice(now, outbox);
    case Slot::kDtls: {
      DtlsSender out(now, sender_, outbox);
      dtls_->on_timeout(now, out);
      return after_ice_or_dtls(now, outbox);
    }
    case Slot::kProducers:
      return run_producers(now, outbox);
    case Slot::kTransportFeedback:
      return run_transport_feedback(now, outbox);
    case Slot::kReport:
      return run_report(now, outbox);
    case Slot::kCount:
      break;
  }
}

void Transport::run_ice(Timestamp now, Outbox& outbox) {
  while (ice_.next_timeout() <= now) {
    adopt(ice_.on_timeout(now), nullptr);
  }
  after_ice_or_dtls(now, outbox);
}

void Transport::run_producers(Timestamp now, Outbox& outbox) {
  RtcpBatch batch(now, sender_, outbox);
  FeedbackWriter feedback(reporter_.ssrc(), batch, context_.counters);
  Timestamp next = kNever;
  for (Producer* producer : producers()) {
    // What can't be sent is not lost: requests are repeated.
    producer->on_timeout(now, feedback);
    next = std::min(next, producer->next_timeout());
  }
  batch.flush();
  timers_.arm(Slot::kProducers, next);
}

void Transport::run_transport_feedback(Timestamp now, Outbox& outbox) {
  RtcpBatch batch(now, sender_, outbox);
  while (receiver_.arrivals().write_feedback(now, batch.room(kMaxRtcpBytes), reporter_.ssrc())) {
  }
  batch.flush();
  timers_.arm(Slot::kTransportFeedback, receiver_.arrivals().next_timeout());
}

void Transport::run_report(Timestamp now, Outbox& outbox) {
  RtcpBatch batch(now, sender_, outbox);
  reporter_.write(now, context_.clock.at(now), producers(), sends_.consumers(), batch);
  timers_.arm(Slot::kReport, next_report(now));
}

Timestamp Transport::next_report(Timestamp now) {
  constexpr std::int64_t kSpread = 4001;  // 0.8 to 1.2 in steps of 0.0001
  const std::int64_t factor = 8000 + random_u32(context_.crypto) % kSpread;
  return now + kReportInterval * factor / 10'000;
}

}  // namespace parlance::sfu
