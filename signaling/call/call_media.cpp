#include "signaling/call/call_media.h"

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>

#include "signaling/call/call.h"
#include "signaling/call/media_errors.h"

namespace parlance::signaling {

namespace {

using sfu::MediaError;
using sfu::TransportState;

constexpr std::size_t kClosedRemembered = 32;

bool same(const sfu::DtlsParameters& a, const sfu::DtlsParameters& b) {
  return a.role == b.role &&
         std::ranges::equal(a.fingerprints, b.fingerprints, [](const auto& x, const auto& y) {
           return x.algorithm == y.algorithm && x.value == y.value;
         });
}

std::size_t text_bytes(const rtp::RtpCodecParameters& codec) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : codec.parameters) {
    const auto* text = std::get_if<std::string>(&value);
    bytes += name.size() + (text == nullptr ? 0 : text->size());
  }
  return bytes;
}

bool repairs(const rtp::RtpCodecParameters& rtx, std::uint8_t payload_type) {
  const auto apt = rtx.parameters.find("apt");
  const auto* of = apt == rtx.parameters.end() ? nullptr : std::get_if<std::int64_t>(&apt->second);
  return of != nullptr && *of == payload_type;
}

// A consumer sends with the first codec and its RTX only (each media codec is followed by its own).
void keep_what_is_sent(std::vector<rtp::RtpCodecParameters>& codecs) {
  const bool has_rtx = codecs.size() > 1 && repairs(codecs[1], codecs.front().payload_type);
  codecs.resize(has_rtx ? 2 : 1);
}

template <typename T>
sfu::MediaReply<T> translated(CallReply<T> reply) {
  return [reply = std::move(reply)](std::expected<T, MediaError> result) mutable {
    if (!result) {
      reply(std::unexpected(call_error(result.error())));
    } else if constexpr (std::is_void_v<T>) {
      reply({});
    } else {
      reply(std::move(*result));
    }
  };
}

void answer(std::vector<CallReply<void>>& waiting, std::expected<void, CallError> result) {
  for (auto& reply : std::exchange(waiting, {})) {
    reply(result);
  }
}

}  // namespace

std::vector<ConsumerInfo> CallMedia::attach(ParticipantId participant, MediaGear gear, Moment at) {
  Bench& bench = benches_[participant];
  bench.send.info = std::move(gear.send);
  bench.recv.info = std::move(gear.recv);
  bench.capabilities = std::move(gear.capabilities);
  bench.next_ssrc = scope_.new_ssrc_base();
  std::vector<ConsumerInfo> consumers;
  for (const auto& [other, theirs] : benches_) {
    if (other == participant) {
      continue;
    }
    for (const auto& [id, producer] : theirs.producers) {
      if (!producer.ready) {
        continue;
      }
      if (auto consumer = consume(participant, bench, producer, at)) {
        consumers.push_back(std::move(*consumer));
      }
    }
  }
  return consumers;
}

void CallMedia::detach(ParticipantId participant) {
  const auto at = benches_.find(participant);
  if (at == benches_.end()) {
    return;
  }
  Bench bench = std::move(at->second);
  benches_.erase(at);
  for (auto& [id, producer] : bench.producers) {
    forget_producer(participant, producer);
  }
  scope_.engine().close_transport(scope_.router(), bench.send.info.id);
  scope_.engine().close_transport(scope_.router(), bench.recv.info.id);
}

std::vector<sfu::TransportId> CallMedia::transports(ParticipantId participant) const {
  const auto at = benches_.find(participant);
  if (at == benches_.end()) {
    return {};
  }
  return {at->second.send.info.id, at->second.recv.info.id};
}

bool CallMedia::connected(ParticipantId participant) const {
  const auto at = benches_.find(participant);
  return at != benches_.end() && (at->second.send.state == TransportState::kConnected ||
                                  at->second.recv.state == TransportState::kConnected);
}

std::vector<ProducerInfo> CallMedia::producers() const {
  std::vector<ProducerInfo> all;
  for (const auto& [participant, bench] : benches_) {
    for (const auto& [id, producer] : bench.producers) {
      if (producer.ready) {
        all.push_back(producer.info);
      }
    }
  }
  return all;
}

void CallMedia::connect(ParticipantId participant,
                        sfu::TransportId id,
                        sfu::DtlsParameters remote,
                        CallReply<void> reply) {
  Transport* transport = find_transport(participant, id);
  if (transport == nullptr) {
    return reply(std::unexpected(CallError::kUnknownTransport));
  }
  if (transport->remote) {
    // The same request again, after its answer was lost.
    return same(*transport->remote, remote) ? reply({})
                                            : reply(std::unexpected(CallError::kAlreadyConnected));
  }
  transport->remote = remote;
  scope_.engine().connect_transport(
      scope_.router(),
      id,
      std::move(remote),
      scope_.executor(),
      [&registry = scope_.registry(),
       call = scope_.call(),
       participant,
       id,
       reply = std::move(reply)](std::expected<void, MediaError> result) mutable {
        if (result) {
          return reply({});
        }
        // Forgotten, so that a client may try again with better parameters.
        registry.with(call, [participant, id](Call& alive) {
          if (Transport* failed = alive.media().find_transport(participant, id)) {
            failed->remote.reset();
          }
        });
        reply(std::unexpected(call_error(result.error())));
      });
}

void CallMedia::restart(ParticipantId participant,
                        sfu::TransportId id,
                        CallReply<sfu::IceParameters> reply) {
  if (find_transport(participant, id) == nullptr) {
    return reply(std::unexpected(CallError::kUnknownTransport));
  }
  scope_.engine().restart_ice(
      scope_.router(), id, scope_.executor(), translated<sfu::IceParameters>(std::move(reply)));
}

void CallMedia::stats(ParticipantId participant, sfu::TransportId id, CallReply<sfu::Stats> reply) {
  if (find_transport(participant, id) == nullptr) {
    return reply(std::unexpected(CallError::kUnknownTransport));
  }
  scope_.engine().transport_stats(
      scope_.router(), id, scope_.executor(), translated<sfu::Stats>(std::move(reply)));
}

std::expected<void, CallError> CallMedia::check_produce(ParticipantId participant,
                                                        const ProduceRequest& request) {
  const Transport* transport = find_transport(participant, request.transport);
  if (transport == nullptr) {
    return std::unexpected(CallError::kUnknownTransport);
  }
  const Bench& bench = benches_.at(participant);
  if (transport != &bench.send) {
    return std::unexpected(CallError::kNotSendTransport);
  }
  if (owner_of(request.producer) != nullptr) {
    return std::unexpected(CallError::kIdTaken);
  }
  if (!transport->remote) {
    return std::unexpected(CallError::kNotConnected);
  }
  if (kind_of(request.source) != request.kind ||
      !rtp::ortc::is_of_kind(request.kind, request.rtp_parameters)) {
    return std::unexpected(CallError::kKindMismatch);
  }
  if (bench.producers.size() >= scope_.limits().max_producers_per_participant) {
    return std::unexpected(CallError::kTooManyProducers);
  }
  if (count_producers() >= scope_.limits().max_producers) {
    return std::unexpected(CallError::kTooManyInCall);
  }
  if (std::ranges::any_of(request.rtp_parameters.codecs, [](const auto& codec) {
        return text_bytes(codec) > kMaxCodecParameterBytes;
      })) {
    return std::unexpected(CallError::kLongParameters);
  }
  return {};
}

void CallMedia::create_producer(ParticipantId participant,
                                ProduceRequest request,
                                Moment at,
                                CallReply<void> reply) {
  Producer* repeated = find_producer(participant, request.producer);
  if (repeated != nullptr && request.transport == benches_.at(participant).send.info.id) {
    return repeated->ready ? reply({}) : repeated->waiting.push_back(std::move(reply));
  }
  if (const auto checked = check_produce(participant, request); !checked) {
    return reply(std::unexpected(checked.error()));
  }
  const auto& router = rtp::ortc::router_capabilities();
  auto mapping =
      rtp::ortc::producer_mapping(request.rtp_parameters, router, scope_.new_ssrc_base());
  if (!mapping) {
    return reply(std::unexpected(call_error(mapping.error())));
  }
  Producer producer;
  producer.info = {request.producer, participant, request.source, request.paused};
  producer.consumable =
      rtp::ortc::consumable_parameters(request.kind, request.rtp_parameters, router, *mapping);
  producer.waiting.push_back(std::move(reply));
  produce(
      benches_.at(participant), std::move(request), std::move(producer), std::move(*mapping), at);
}

void CallMedia::produce(
    Bench& bench, ProduceRequest request, Producer producer, rtp::RtpMapping mapping, Moment at) {
  const ParticipantId participant = producer.info.participant;
  const sfu::ProducerId id = producer.info.id;
  bench.producers.emplace(id, std::move(producer));
  scope_.engine().produce(
      scope_.router(),
      request.transport,
      {id, request.kind, std::move(request.rtp_parameters), std::move(mapping), request.paused},
      scope_.executor(),
      [&registry = scope_.registry(), call = scope_.call(), participant, id, at](
          std::expected<void, MediaError> result) {
        registry.with(call,
                      [&](Call& alive) { alive.media().on_produced(participant, id, at, result); });
      });
}

void CallMedia::on_produced(ParticipantId participant,
                            sfu::ProducerId id,
                            Moment at,
                            std::expected<void, MediaError> result) {
  Producer* producer = find_producer(participant, id);
  if (producer == nullptr || producer->ready) {
    return;  // closed before it began: those who waited were told
  }
  if (!result) {
    auto waiting = std::move(producer->waiting);
    benches_.at(participant).producers.erase(id);
    return answer(waiting, std::unexpected(call_error(result.error())));
  }
  producer->ready = true;
  answer(producer->waiting, {});
  scope_.tell_others(participant, CallEvent::ProducerCreated{producer->info});
  for (const Seat& seat : scope_.roster().seats()) {
    const auto bench = benches_.find(seat.info.id);
    if (seat.info.id == participant || bench == benches_.end()) {
      continue;
    }
    if (auto consumer = consume(seat.info.id, bench->second, *producer, at)) {
      scope_.tell_one(seat.session, CallEvent::ConsumerCreated{std::move(*consumer)});
    }
  }
}

std::optional<ConsumerInfo> CallMedia::consume(ParticipantId participant,
                                               Bench& bench,
                                               const Producer& producer,
                                               Moment at) {
  const bool video = kind_of(producer.info.source) == rtp::MediaKind::kVideo;
  // mediasoup's choice, too: audio is repaired by its own redundancy, not by retransmission over
  // RTX.
  auto parameters = rtp::ortc::consumer_parameters(
      producer.consumable,
      bench.capabilities,
      {bench.next_ssrc, bench.next_ssrc + 1, std::to_string(bench.next_mid)},
      video);
  if (!parameters) {
    return std::nullopt;  // the participant's browser lacks the codec
  }
  keep_what_is_sent(parameters->codecs);
  bench.next_ssrc += 2;
  ++bench.next_mid;
  const ConsumerInfo info{scope_.new_id<sfu::ConsumerId>(at.unix_ms),
                          producer.info.id,
                          producer.info.participant,
                          producer.info.source,
                          std::move(*parameters),
                          true,
                          producer.info.paused};
  scope_.engine().consume(
      scope_.router(),
      bench.recv.info.id,
      {info.id, info.producer, info.rtp_parameters, true},
      scope_.executor(),
      [&registry = scope_.registry(), call = scope_.call(), participant, id = info.id](
          std::expected<void, MediaError> result) {
        if (!result) {
          registry.with(call, [&](Call& alive) { alive.media().drop_consumer(participant, id); });
        }
      });
  return bench.consumers.emplace(info.id, info).first->second;
}

// The engine refused what the participant was promised.
void CallMedia::drop_consumer(ParticipantId participant, sfu::ConsumerId id) {
  const auto bench = benches_.find(participant);
  const Seat* seat = scope_.roster().find(participant);
  if (bench == benches_.end() || seat == nullptr) {
    return;
  }
  const auto consumer = bench->second.consumers.find(id);
  if (consumer == bench->second.consumers.end()) {
    return;
  }
  const CallEvent::ConsumerClosed closed{id, consumer->second.producer};
  bench->second.consumers.erase(consumer);
  scope_.tell_one(seat->session, closed);
}

std::expected<void, CallError> CallMedia::set_producer_paused(ParticipantId participant,
                                                              sfu::ProducerId id,
                                                              bool paused) {
  Producer* producer = find_producer(participant, id);
  if (producer == nullptr) {
    return std::unexpected(CallError::kUnknownProducer);
  }
  apply_pause(*producer, paused, std::nullopt);
  return {};
}

bool CallMedia::mute(ParticipantId participant, Source source, chat::UserId by) {
  bool found = false;
  if (const auto bench = benches_.find(participant); bench != benches_.end()) {
    for (auto& [id, producer] : bench->second.producers) {
      if (producer.info.source == source) {
        found = true;
        apply_pause(producer, true, by);
      }
    }
  }
  return found;
}

void CallMedia::apply_pause(Producer& producer, bool paused, std::optional<chat::UserId> by) {
  if (producer.info.paused == paused) {
    return;
  }
  producer.info.paused = paused;
  scope_.engine().set_producer_paused(scope_.router(), producer.info.id, paused);
  for (auto& [participant, bench] : benches_) {
    for (auto& [id, consumer] : bench.consumers) {
      if (consumer.producer == producer.info.id) {
        consumer.producer_paused = paused;
      }
    }
  }
  if (producer.ready) {
    scope_.tell_all(CallEvent::ProducerUpdated{producer.info, by});
  } else if (const Seat* seat = by ? scope_.roster().find(producer.info.participant) : nullptr) {
    // Nobody else knows it yet, but its owner must not believe itself heard.
    scope_.tell_one(seat->session, CallEvent::ProducerUpdated{producer.info, by});
  }
}

std::expected<void, CallError> CallMedia::close_producer(ParticipantId participant,
                                                         sfu::ProducerId id) {
  const auto at = benches_.find(participant);
  if (at == benches_.end()) {
    return std::unexpected(CallError::kUnknownProducer);
  }
  Bench& bench = at->second;
  if (!bench.producers.contains(id)) {
    return std::ranges::find(bench.closed, id) != bench.closed.end()
               ? std::expected<void, CallError>()
               : std::unexpected(CallError::kUnknownProducer);
  }
  auto closed = bench.producers.extract(id);
  bench.closed.push_back(id);
  if (bench.closed.size() > kClosedRemembered) {
    bench.closed.pop_front();
  }
  forget_producer(participant, closed.mapped());
  return {};
}

// Closes the producer's side effects: its consumers, those who wait, and what others know.
void CallMedia::forget_producer(ParticipantId owner, Producer& producer) {
  const sfu::ProducerId id = producer.info.id;
  scope_.engine().close_producer(scope_.router(), id);
  answer(producer.waiting, std::unexpected(CallError::kSuperseded));
  if (producer.ready) {
    scope_.tell_others(owner, CallEvent::ProducerClosed{producer.info});
  }
  for (auto& [participant, bench] : benches_) {
    for (auto at = bench.consumers.begin(); at != bench.consumers.end();) {
      if (at->second.producer != id) {
        ++at;
        continue;
      }
      scope_.engine().close_consumer(scope_.router(), at->first);
      if (const Seat* seat = scope_.roster().find(participant)) {
        scope_.tell_one(seat->session, CallEvent::ConsumerClosed{at->first, id});
      }
      at = bench.consumers.erase(at);
    }
  }
}

std::expected<void, CallError> CallMedia::set_consumers_paused(
    ParticipantId participant, std::span<const sfu::ConsumerId> consumers, bool paused) {
  const auto bench = benches_.find(participant);
  const bool all =
      bench != benches_.end() && std::ranges::all_of(consumers, [&](sfu::ConsumerId id) {
        return bench->second.consumers.contains(id);
      });
  if (!all) {
    return std::unexpected(CallError::kUnknownConsumer);
  }
  for (const sfu::ConsumerId id : consumers) {
    bench->second.consumers.at(id).paused = paused;
    scope_.engine().set_consumer_paused(scope_.router(), id, paused);
  }
  return {};
}

std::expected<void, CallError> CallMedia::request_key_frame(ParticipantId participant,
                                                            sfu::ConsumerId id) {
  const auto bench = benches_.find(participant);
  if (bench == benches_.end() || !bench->second.consumers.contains(id)) {
    return std::unexpected(CallError::kUnknownConsumer);
  }
  scope_.engine().request_key_frame(scope_.router(), id);
  return {};
}

void CallMedia::on_transport(sfu::TransportId id, TransportState state) {
  for (const Seat& seat : scope_.roster().seats()) {
    Transport* transport = find_transport(seat.info.id, id);
    if (transport == nullptr) {
      continue;
    }
    transport->state = state;
    if (state != TransportState::kNew && state != TransportState::kConnecting) {
      scope_.tell_one(seat.session, CallEvent::TransportChanged{id, state});
    }
    return;
  }
}

void CallMedia::on_speaker(std::optional<sfu::ProducerId> producer) {
  if (producer && owner_of(*producer) == nullptr) {
    return;
  }
  speaking_ = producer;
  scope_.tell_all(CallEvent::Speaker{speaker()});
}

std::optional<ParticipantId> CallMedia::speaker() const {
  const ParticipantId* owner = speaking_ ? owner_of(*speaking_) : nullptr;
  return owner == nullptr ? std::nullopt : std::optional(*owner);
}

void CallMedia::on_levels(const sfu::MediaEvent::AudioLevels& levels) {
  CallEvent::Levels heard;
  for (const auto& level : levels.levels) {
    const ParticipantId* owner = owner_of(level.producer);
    // The loudest of a participant's producers comes first and counts.
    if (owner != nullptr && std::ranges::none_of(heard.levels, [&](const auto& known) {
          return known.participant == *owner;
        })) {
      heard.levels.push_back({*owner, level.dbov});
    }
  }
  scope_.tell_all(std::move(heard));
}

CallMedia::Transport* CallMedia::find_transport(ParticipantId participant,
                                                sfu::TransportId transport) {
  const auto bench = benches_.find(participant);
  if (bench == benches_.end()) {
    return nullptr;
  }
  for (Transport* own : {&bench->second.send, &bench->second.recv}) {
    if (own->info.id == transport) {
      return own;
    }
  }
  return nullptr;
}

CallMedia::Producer* CallMedia::find_producer(ParticipantId participant, sfu::ProducerId producer) {
  const auto bench = benches_.find(participant);
  if (bench == benches_.end()) {
    return nullptr;
  }
  const auto at = bench->second.producers.find(producer);
  return at == bench->second.producers.end() ? nullptr : &at->second;
}

std::size_t CallMedia::count_producers() const {
  std::size_t count = 0;
  for (const auto& [participant, bench] : benches_) {
    count += bench.producers.size();
  }
  return count;
}

const ParticipantId* CallMedia::owner_of(sfu::ProducerId producer) const {
  for (const auto& [participant, bench] : benches_) {
    if (bench.producers.contains(producer)) {
      return &participant;
    }
  }
  return nullptr;
}

}  // namespace parlance::signaling
