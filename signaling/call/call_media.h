// The transports, producers and consumers of one call's participants.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "rtp/ortc.h"
#include "sfu/api/media_engine.h"
#include "signaling/call/call_scope.h"

namespace parlance::signaling {

// Both transports of a participant and what it can receive: what a join brings.
struct MediaGear {
  TransportInfo send;
  TransportInfo recv;
  rtp::RtpCapabilities capabilities;
};

// Every id asked for is looked up among the asking participant's own objects only: another's are as
// unknown as those that don't exist.
class CallMedia {
 public:
  explicit CallMedia(CallScope& scope) : scope_(scope) {}

  // Gives the participant its gear and a consumer of every producer that it can receive.
  std::vector<ConsumerInfo> attach(ParticipantId participant, MediaGear gear, Moment at);
  // Closes both transports and all that is on them; the others learn that producers closed.
  void detach(ParticipantId participant);

  bool attached(ParticipantId participant) const { return benches_.contains(participant); }

  std::vector<sfu::TransportId> transports(ParticipantId participant) const;
  // Whether ICE and DTLS hold on one of the participant's transports.
  bool connected(ParticipantId participant) const;
  std::vector<ProducerInfo> producers() const;

  void connect(ParticipantId participant,
               sfu::TransportId transport,
               sfu::DtlsParameters remote,
               CallReply<void> reply);
  void restart(ParticipantId participant,
               sfu::TransportId transport,
               CallReply<sfu::IceParameters> reply);
  void stats(ParticipantId participant, sfu::TransportId transport, CallReply<sfu::Stats> reply);

  void create_producer(ParticipantId participant,
                       ProduceRequest request,
                       Moment at,
                       CallReply<void> reply);
  std::expected<void, CallError> set_producer_paused(ParticipantId participant,
                                                     sfu::ProducerId producer,
                                                     bool paused);
  // Again after it was closed: no error.
  std::expected<void, CallError> close_producer(ParticipantId participant,
                                                sfu::ProducerId producer);
  // Pauses what the participant sends from this source. False: it sends nothing from there.
  bool mute(ParticipantId participant, Source source, chat::UserId by);

  std::expected<void, CallError> set_consumers_paused(ParticipantId participant,
                                                      std::span<const sfu::ConsumerId> consumers,
                                                      bool paused);
  std::expected<void, CallError> request_key_frame(ParticipantId participant,
                                                   sfu::ConsumerId consumer);

  // Who was last heard to speak: told on change only, so that who joins has to ask.
  std::optional<ParticipantId> speaker() const;

  // Events of the media plane.
  void on_transport(sfu::TransportId transport, sfu::TransportState state);
  void on_speaker(std::optional<sfu::ProducerId> producer);
  void on_levels(const sfu::MediaEvent::AudioLevels& levels);

 private:
  struct Transport {
    TransportInfo info;
    sfu::TransportState state = sfu::TransportState::kNew;
    std::optional<sfu::DtlsParameters> remote;
  };

  struct Producer {
    ProducerInfo info;
    rtp::RtpParameters consumable;
    bool ready = false;                    // the engine has it, and everybody was told
    std::vector<CallReply<void>> waiting;  // for the engine's answer
  };

  // Everything of one participant.
  struct Bench {
    Transport send;
    Transport recv;
    rtp::RtpCapabilities capabilities;
    std::map<sfu::ProducerId, Producer> producers;
    std::map<sfu::ConsumerId, ConsumerInfo> consumers;
    // The last producers that it closed, so that a repeated close is told from a wrong id.
    std::deque<sfu::ProducerId> closed;
    rtp::Ssrc next_ssrc = 0;
    unsigned next_mid = 0;
  };

  Transport* find_transport(ParticipantId participant, sfu::TransportId transport);
  Producer* find_producer(ParticipantId participant, sfu::ProducerId producer);
  const ParticipantId* owner_of(sfu::ProducerId producer) const;
  std::size_t count_producers() const;
  std::expected<void, CallError> check_produce(ParticipantId participant,
                                               const ProduceRequest& request);
  void produce(
      Bench& bench, ProduceRequest request, Producer producer, rtp::RtpMapping mapping, Moment at);
  void on_produced(ParticipantId participant,
                   sfu::ProducerId producer,
                   Moment at,
                   std::expected<void, sfu::MediaError> result);
  std::optional<ConsumerInfo> consume(ParticipantId participant,
                                      Bench& bench,
                                      const Producer& producer,
                                      Moment at);
  void drop_consumer(ParticipantId participant, sfu::ConsumerId consumer);
  void apply_pause(Producer& producer, bool paused, std::optional<chat::UserId> by);
  void forget_producer(ParticipantId owner, Producer& producer);

  CallScope& scope_;
  std::map<ParticipantId, Bench> benches_;
  std::optional<sfu::ProducerId> speaking_;
};

}  // namespace parlance::signaling
