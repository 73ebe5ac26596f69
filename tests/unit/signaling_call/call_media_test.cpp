#include "signaling/call/call_media.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/support/call/call_world.h"

namespace parlance::signaling {
namespace {

using test::CallWorld;

class CallMediaTest : public testing::Test {
 protected:
  // Two people, the first with a connected send transport.
  void SetUp() override {
    ASSERT_TRUE(world.join(1, chat::Role::kOwner));
    ASSERT_TRUE(world.join(2));
    ASSERT_TRUE(world.connect(1));
    world.deliveries.clear();
  }

  const Caller one = CallWorld::person(1, chat::Role::kOwner);
  const Caller two = CallWorld::person(2);
  CallWorld world;
};

TEST_F(CallMediaTest, AProducerBecomesAPausedConsumerOfEveryoneElse) {
  ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(1))));
  ASSERT_EQ(world.received<CallEvent::ProducerCreated>(2).size(), 1u);
  EXPECT_TRUE(world.received<CallEvent::ProducerCreated>(1).empty());
  ASSERT_EQ(world.received<CallEvent::ConsumerCreated>(2).size(), 1u);
  const ConsumerInfo consumer = world.received<CallEvent::ConsumerCreated>(2)[0].consumer;
  EXPECT_EQ(consumer.producer, CallWorld::producer(1));
  EXPECT_EQ(consumer.participant, CallWorld::participant(1));
  EXPECT_TRUE(consumer.paused);
  const auto& made = world.engine.consumers.at(consumer.id);
  EXPECT_EQ(made.transport, world.joined.at(CallWorld::participant(2)).recv_transport.id);
  EXPECT_TRUE(made.options.paused);
  EXPECT_EQ(made.options.parameters, consumer.rtp_parameters);
}

TEST_F(CallMediaTest, ANewcomerGetsConsumersOfAllThatIsThereWithItsJoin) {
  ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(1))));
  ASSERT_TRUE(world.produce(1, world.microphone(1, CallWorld::producer(2))));
  const auto answer = world.join(3);
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->consumers.size(), 2u);
  EXPECT_EQ(answer->call.producers.size(), 2u);
  EXPECT_NE(answer->consumers[0].rtp_parameters.mid, answer->consumers[1].rtp_parameters.mid);
  EXPECT_TRUE(world.received<CallEvent::ConsumerCreated>(3).empty());
}

TEST_F(CallMediaTest, NobodyGetsAConsumerThatItsBrowserCannotDecode) {
  const auto answer = world.join(3, chat::Role::kMember, test::audio_only_capabilities());
  ASSERT_TRUE(answer);
  ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(1))));
  ASSERT_TRUE(world.produce(1, world.microphone(1, CallWorld::producer(2))));
  const auto created = world.received<CallEvent::ConsumerCreated>(3);
  ASSERT_EQ(created.size(), 1u);
  EXPECT_EQ(created[0].consumer.source, Source::kMicrophone);
}

TEST_F(CallMediaTest, ProducingNeedsAConnectedTransport) {
  EXPECT_EQ(world.produce(2, world.camera(2, CallWorld::producer(1))).error(),
            CallError::kNotConnected);
}

TEST_F(CallMediaTest, ProducingHappensOnTheSendTransport) {
  auto request = world.camera(1, CallWorld::producer(1));
  request.transport = world.joined.at(CallWorld::participant(1)).recv_transport.id;
  EXPECT_EQ(world.produce(1, request).error(), CallError::kNotSendTransport);
}

TEST_F(CallMediaTest, TransportsOfOthersAreUnknown) {
  const auto theirs = world.joined.at(CallWorld::participant(1)).send_transport.id;
  EXPECT_EQ(world.connect(2, theirs).error(), CallError::kUnknownTransport);
  auto request = world.camera(2, CallWorld::producer(1));
  request.transport = theirs;
  EXPECT_EQ(world.produce(2, request).error(), CallError::kUnknownTransport);
  EXPECT_EQ(
      world
          .ask<sfu::IceParameters>(&CallService::restart_transport, two, world.conversation, theirs)
          .error(),
      CallError::kUnknownTransport);
  EXPECT_EQ(
      world.ask<sfu::Stats>(&CallService::transport_stats, two, world.conversation, theirs).error(),
      CallError::kUnknownTransport);
}

TEST_F(CallMediaTest, ProducersOfOthersAreUnknown) {
  ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(1))));
  EXPECT_EQ(world
                .ask(&CallService::set_producer_paused,
                     two,
                     world.conversation,
                     CallWorld::producer(1),
                     true)
                .error(),
            CallError::kUnknownProducer);
  EXPECT_EQ(world.ask(&CallService::close_producer, two, world.conversation, CallWorld::producer(1))
                .error(),
            CallError::kUnknownProducer);
  EXPECT_TRUE(world.engine.producers.contains(CallWorld::producer(1)));
}

TEST_F(CallMediaTest, AProducerIdOfAnotherIsTaken) {
  ASSERT_TRUE(world.connect(2));
  ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(1))));
  EXPECT_EQ(world.produce(2, world.camera(2, CallWorld::producer(1))).error(), CallError::kIdTaken);
}

TEST_F(CallMediaTest, TheSameProducerAgainIsTheSameRequest) {
  ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(1))));
  ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(1))));
  EXPECT_EQ(world.engine.count("produce"), 1u);
  EXPECT_EQ(world.received<CallEvent::ProducerCreated>(2).size(), 1u);
}

TEST_F(CallMediaTest, ARepeatWhileTheFirstIsUnderWayIsAnsweredWithIt) {
  auto [first, first_reply] = world.expect<void>();
  auto [second, second_reply] = world.expect<void>();
  const auto request = world.camera(1, CallWorld::producer(1));
  world.calls.create_producer(one, request, world.at, std::move(first_reply));
  world.calls.create_producer(one, request, world.at, std::move(second_reply));
  EXPECT_FALSE(first->has_value());
  EXPECT_FALSE(second->has_value());
  world.settle();
  EXPECT_TRUE(first->value().has_value());
  EXPECT_TRUE(second->value().has_value());
  EXPECT_EQ(world.engine.count("produce"), 1u);
}

TEST_F(CallMediaTest, WhatTheMediaPlaneRefusesIsNotAnnounced) {
  world.engine.refuse("produce", sfu::MediaError::kSsrcInUse);
  EXPECT_EQ(world.produce(1, world.camera(1, CallWorld::producer(1))).error(),
            CallError::kSsrcInUse);
  EXPECT_TRUE(world.deliveries.empty());
  EXPECT_TRUE(world.calls.get(world.conversation)->producers.empty());
  EXPECT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(1))));
}

TEST_F(CallMediaTest, AMicrophoneSendsNoVideo) {
  auto request = world.camera(1, CallWorld::producer(1));
  request.source = Source::kMicrophone;
  EXPECT_EQ(world.produce(1, request).error(), CallError::kKindMismatch);
  request.kind = rtp::MediaKind::kAudio;  // says so, yet its codec is a video codec
  EXPECT_EQ(world.produce(1, request).error(), CallError::kKindMismatch);
}

TEST_F(CallMediaTest, UnknownCodecsAndSeveralEncodingsAreUnsupported) {
  auto exotic = world.camera(1, CallWorld::producer(1));
  exotic.rtp_parameters.codecs[0].mime_type = "video/theora";
  EXPECT_EQ(world.produce(1, exotic).error(), CallError::kUnsupportedCodec);
  auto simulcast = world.camera(1, CallWorld::producer(1));
  simulcast.rtp_parameters.encodings.push_back(simulcast.rtp_parameters.encodings[0]);
  EXPECT_EQ(world.produce(1, simulcast).error(), CallError::kSeveralEncodings);
  auto mute = world.camera(1, CallWorld::producer(1));
  mute.rtp_parameters.encodings.clear();
  EXPECT_EQ(world.produce(1, mute).error(), CallError::kBadRtpParameters);
}

TEST_F(CallMediaTest, AParticipantHasSoManyProducersAndNoMore) {
  for (std::uint8_t n = 1; n <= 8; ++n) {
    ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(n))));
  }
  EXPECT_EQ(world.produce(1, world.camera(1, CallWorld::producer(9))).error(),
            CallError::kTooManyProducers);
}

TEST_F(CallMediaTest, ParametersOfACodecAreShort) {
  auto talkative = world.camera(1, CallWorld::producer(1));
  auto& parameters = talkative.rtp_parameters.codecs[0].parameters;
  parameters["long"] = std::string(kMaxCodecParameterBytes - 4, '"');
  parameters["n"] = 5;
  EXPECT_EQ(world.produce(1, talkative).error(), CallError::kLongParameters);
  parameters.erase("n");
  EXPECT_TRUE(world.produce(1, talkative));
}

TEST_F(CallMediaTest, AConsumerIsPromisedTheCodecThatIsSentAndItsRtxOnly) {
  auto several = world.camera(1, CallWorld::producer(1));
  several.rtp_parameters.codecs.push_back({"video/VP9", 98, 90000, {}, {{"profile-id", 0}}, {}});
  auto capabilities = test::browser_capabilities();
  capabilities.codecs.push_back(
      {rtp::MediaKind::kVideo, "video/VP9", 103, 90000, {}, {{"profile-id", 0}}, {}});
  ASSERT_TRUE(world.join(3, chat::Role::kMember, capabilities));
  ASSERT_TRUE(world.join(4, chat::Role::kMember, [&] {
    auto without_rtx = capabilities;
    without_rtx.codecs.erase(without_rtx.codecs.begin() + 2);
    return without_rtx;
  }()));
  ASSERT_TRUE(world.produce(1, several));
  const auto codecs_of = [this](std::uint8_t session) {
    std::vector<std::string> names;
    for (const auto& created : world.received<CallEvent::ConsumerCreated>(session)) {
      for (const auto& codec : created.consumer.rtp_parameters.codecs) {
        names.push_back(codec.mime_type);
      }
    }
    return names;
  };
  EXPECT_EQ(codecs_of(3), (std::vector<std::string>{"video/VP8", "video/rtx"}));
  EXPECT_EQ(codecs_of(4), (std::vector<std::string>{"video/VP8"}));
}

TEST(CallMedia, ACallHasSoManyProducersAndNoMore) {
  CallLimits limits;
  limits.max_producers = 2;
  CallWorld world(limits);
  world.join_with_camera(1);
  world.join_with_camera(2);
  ASSERT_TRUE(world.join(3));
  ASSERT_TRUE(world.connect(3));
  EXPECT_EQ(world.produce(3, world.camera(3, CallWorld::producer(3))).error(),
            CallError::kTooManyInCall);
  const Caller one = CallWorld::person(1);
  ASSERT_TRUE(
      world.ask(&CallService::close_producer, one, world.conversation, CallWorld::producer(1)));
  EXPECT_TRUE(world.produce(3, world.camera(3, CallWorld::producer(3))));
}

TEST_F(CallMediaTest, ConnectingTwiceIsTheSameRequestUnlessItDiffers) {
  EXPECT_TRUE(world.connect(1));
  EXPECT_EQ(world.engine.count("connect_transport"), 1u);
  const auto transport = world.joined.at(CallWorld::participant(1)).send_transport.id;
  sfu::DtlsParameters other = CallWorld::dtls();
  other.fingerprints[0].value = "99:99";
  EXPECT_EQ(
      world.ask(&CallService::connect_transport, one, world.conversation, transport, other).error(),
      CallError::kAlreadyConnected);
}

TEST_F(CallMediaTest, AConnectThatFailedMayBeTriedAgain) {
  world.engine.refuse("connect_transport", sfu::MediaError::kBadDtlsParameters);
  EXPECT_EQ(world.connect(2).error(), CallError::kBadDtlsParameters);
  EXPECT_TRUE(world.connect(2));
}

TEST_F(CallMediaTest, PausingTellsEveryoneOnce) {
  ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(1))));
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(world.ask(
        &CallService::set_producer_paused, one, world.conversation, CallWorld::producer(1), true));
  }
  for (const std::uint8_t session : {std::uint8_t{1}, std::uint8_t{2}}) {
    const auto updates = world.received<CallEvent::ProducerUpdated>(session);
    ASSERT_EQ(updates.size(), 1u);
    EXPECT_TRUE(updates[0].producer.paused);
    EXPECT_FALSE(updates[0].by);
  }
  EXPECT_EQ(world.engine.count("pause_producer"), 1u);
  EXPECT_TRUE(world.join(3)->consumers.at(0).producer_paused);
}

TEST_F(CallMediaTest, AHostMutesAndTheOwnerMayResume) {
  ASSERT_TRUE(world.connect(2));
  ASSERT_TRUE(world.produce(2, world.microphone(2, CallWorld::producer(1))));
  ASSERT_TRUE(world.ask(
      &CallService::mute, one, world.conversation, CallWorld::participant(2), Source::kMicrophone));
  ASSERT_EQ(world.received<CallEvent::ProducerUpdated>(2).size(), 1u);
  EXPECT_EQ(world.received<CallEvent::ProducerUpdated>(2)[0].by, one.user);
  EXPECT_TRUE(world.engine.has("pause_producer " + CallWorld::producer(1).str()));
  ASSERT_TRUE(world.ask(
      &CallService::set_producer_paused, two, world.conversation, CallWorld::producer(1), false));
  EXPECT_FALSE(world.received<CallEvent::ProducerUpdated>(2)[1].producer.paused);
  EXPECT_FALSE(world.received<CallEvent::ProducerUpdated>(2)[1].by);
}

TEST_F(CallMediaTest, AMuteIsOfOneSource) {
  ASSERT_TRUE(world.produce(1, world.microphone(1, CallWorld::producer(1))));
  ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(2))));
  ASSERT_TRUE(world.ask(
      &CallService::mute, one, world.conversation, CallWorld::participant(1), Source::kMicrophone));
  EXPECT_TRUE(world.engine.has("pause_producer " + CallWorld::producer(1).str()));
  EXPECT_FALSE(world.engine.has("pause_producer " + CallWorld::producer(2).str()));
}

TEST_F(CallMediaTest, MutingWhatIsNotThereIsNotFound) {
  EXPECT_EQ(world
                .ask(&CallService::mute,
                     one,
                     world.conversation,
                     CallWorld::participant(2),
                     Source::kMicrophone)
                .error(),
            CallError::kUnknownProducer);
  EXPECT_EQ(world
                .ask(&CallService::mute,
                     one,
                     world.conversation,
                     CallWorld::participant(7),
                     Source::kMicrophone)
                .error(),
            CallError::kUnknownParticipant);
}

TEST_F(CallMediaTest, ClosingAProducerClosesItsConsumers) {
  ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(1))));
  const auto consumer = world.received<CallEvent::ConsumerCreated>(2).at(0).consumer.id;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(
        world.ask(&CallService::close_producer, one, world.conversation, CallWorld::producer(1)));
  }
  EXPECT_EQ(world.received<CallEvent::ProducerClosed>(2).size(), 1u);
  ASSERT_EQ(world.received<CallEvent::ConsumerClosed>(2).size(), 1u);
  EXPECT_EQ(world.received<CallEvent::ConsumerClosed>(2)[0].consumer, consumer);
  EXPECT_TRUE(world.engine.producers.empty());
  EXPECT_TRUE(world.engine.consumers.empty());
}

TEST_F(CallMediaTest, RepeatedClosesAreKnownForAWhile) {
  constexpr std::uint8_t kRemembered = 32;
  for (std::uint8_t n = 1; n <= kRemembered + 1; ++n) {
    ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(n))));
    ASSERT_TRUE(
        world.ask(&CallService::close_producer, one, world.conversation, CallWorld::producer(n)));
  }
  EXPECT_TRUE(
      world.ask(&CallService::close_producer, one, world.conversation, CallWorld::producer(2)));
  EXPECT_EQ(world.ask(&CallService::close_producer, one, world.conversation, CallWorld::producer(1))
                .error(),
            CallError::kUnknownProducer);
}

// The newcomer is in before the media plane has the producer: it is told with everybody else.
TEST_F(CallMediaTest, ANewcomerGetsOneConsumerOfAProducerThatIsUnderWay) {
  const auto joining = world.ask_to_join(
      CallWorld::person(3), CallWorld::participant(3), test::browser_capabilities());
  auto [produced, reply] = world.expect<void>();
  world.calls.create_producer(
      one, world.camera(1, CallWorld::producer(1)), world.at, std::move(reply));
  world.settle();
  ASSERT_TRUE(produced->value().has_value());
  EXPECT_TRUE(joining->value()->consumers.empty());
  EXPECT_TRUE(joining->value()->call.producers.empty());
  EXPECT_EQ(world.received<CallEvent::ConsumerCreated>(3).size(), 1u);
}

TEST_F(CallMediaTest, ClosingWhatNeverWasIsNotFound) {
  EXPECT_EQ(world.ask(&CallService::close_producer, one, world.conversation, CallWorld::producer(1))
                .error(),
            CallError::kUnknownProducer);
}

TEST_F(CallMediaTest, AProducerClosedBeforeItBeganIsNeverAnnounced) {
  auto [outcome, reply] = world.expect<void>();
  world.calls.create_producer(
      one, world.camera(1, CallWorld::producer(1)), world.at, std::move(reply));
  ASSERT_TRUE(
      world.ask(&CallService::close_producer, one, world.conversation, CallWorld::producer(1)));
  EXPECT_EQ(outcome->value().error(), CallError::kSuperseded);
  EXPECT_TRUE(world.deliveries.empty());
  EXPECT_TRUE(world.engine.producers.empty());
}

TEST_F(CallMediaTest, ARejoinClosesTheOldProducersForTheOthers) {
  ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(1))));
  ASSERT_TRUE(world.join(1, chat::Role::kOwner));
  EXPECT_EQ(world.received<CallEvent::ProducerClosed>(2).size(), 1u);
  EXPECT_EQ(world.received<CallEvent::ConsumerClosed>(2).size(), 1u);
  EXPECT_TRUE(world.received<CallEvent::ProducerClosed>(1).empty());
  // Created anew, with the id that it had.
  ASSERT_TRUE(world.connect(1));
  ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(1))));
  EXPECT_EQ(world.received<CallEvent::ConsumerCreated>(2).size(), 2u);
}

TEST_F(CallMediaTest, ConsumersArePausedAndResumedAllOrNone) {
  ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(1))));
  ASSERT_TRUE(world.produce(1, world.microphone(1, CallWorld::producer(2))));
  std::vector<sfu::ConsumerId> ids;
  for (const auto& created : world.received<CallEvent::ConsumerCreated>(2)) {
    ids.push_back(created.consumer.id);
  }
  ASSERT_EQ(ids.size(), 2u);
  const auto set = &CallService::set_consumers_paused;
  ASSERT_TRUE(world.ask(set, two, world.conversation, ids, false));
  EXPECT_EQ(world.engine.count("resume_consumer"), 2u);
  ids.push_back(test::numbered_id<sfu::ConsumerId>(9, 9));
  EXPECT_EQ(world.ask(set, two, world.conversation, ids, true).error(),
            CallError::kUnknownConsumer);
  EXPECT_EQ(world.engine.count("pause_consumer"), 0u);
  // Another's consumers are unknown.
  ids.pop_back();
  EXPECT_EQ(world.ask(set, one, world.conversation, ids, false).error(),
            CallError::kUnknownConsumer);
}

TEST_F(CallMediaTest, KeyFramesAreAskedForOwnConsumersOnly) {
  ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(1))));
  const auto consumer = world.received<CallEvent::ConsumerCreated>(2).at(0).consumer.id;
  const auto ask = &CallService::request_key_frame;
  EXPECT_TRUE(world.ask(ask, two, world.conversation, consumer));
  EXPECT_TRUE(world.engine.has("request_key_frame " + consumer.str()));
  EXPECT_EQ(world.ask(ask, one, world.conversation, consumer).error(), CallError::kUnknownConsumer);
}

TEST_F(CallMediaTest, AConsumerThatTheMediaPlaneRefusesIsTakenBack) {
  world.engine.refuse("consume", sfu::MediaError::kLimitReached);
  ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(1))));
  ASSERT_EQ(world.received<CallEvent::ConsumerCreated>(2).size(), 1u);
  ASSERT_EQ(world.received<CallEvent::ConsumerClosed>(2).size(), 1u);
}

TEST_F(CallMediaTest, StatesOfATransportGoToItsParticipantOnly) {
  world.set_state(2, sfu::TransportState::kConnecting);
  EXPECT_TRUE(world.deliveries.empty());
  world.set_state(2, sfu::TransportState::kFailed);
  EXPECT_EQ(world.received<CallEvent::TransportChanged>(2).size(), 2u);
  EXPECT_TRUE(world.received<CallEvent::TransportChanged>(1).empty());
}

TEST_F(CallMediaTest, SpeakersAndLevelsNameParticipants) {
  ASSERT_TRUE(world.produce(1, world.microphone(1, CallWorld::producer(1))));
  const auto stranger = CallWorld::producer(99);
  world.engine.emit(world.router(), sfu::MediaEvent::DominantSpeaker{CallWorld::producer(1)});
  world.engine.emit(world.router(), sfu::MediaEvent::DominantSpeaker{stranger});
  world.engine.emit(world.router(), sfu::MediaEvent::DominantSpeaker{std::nullopt});
  world.engine.emit(world.router(),
                    sfu::MediaEvent::AudioLevels{{{CallWorld::producer(1), -20}, {stranger, -30}}});
  world.settle();
  const auto speakers = world.received<CallEvent::Speaker>(2);
  ASSERT_EQ(speakers.size(), 2u);
  EXPECT_EQ(speakers[0].participant, CallWorld::participant(1));
  EXPECT_FALSE(speakers[1].participant);
  const auto levels = world.received<CallEvent::Levels>(1);
  ASSERT_EQ(levels.size(), 1u);
  ASSERT_EQ(levels[0].levels.size(), 1u);
  EXPECT_EQ(levels[0].levels[0].dbov, -20);
}

TEST_F(CallMediaTest, WhoComesLaterIsToldWhoHasTheFloor) {
  ASSERT_TRUE(world.produce(1, world.microphone(1, CallWorld::producer(1))));
  world.engine.emit(world.router(), sfu::MediaEvent::DominantSpeaker{CallWorld::producer(1)});
  world.settle();
  const auto late = world.join(3);
  ASSERT_TRUE(late);
  EXPECT_EQ(late->call.speaker, CallWorld::participant(1));
  world.engine.emit(world.router(), sfu::MediaEvent::DominantSpeaker{std::nullopt});
  world.settle();
  EXPECT_FALSE(world.calls.get(world.conversation)->speaker);
}

TEST_F(CallMediaTest, RestartAndStatisticsComeFromTheMediaPlane) {
  const auto transport = world.joined.at(CallWorld::participant(1)).send_transport.id;
  const auto ice = world.ask<sfu::IceParameters>(
      &CallService::restart_transport, one, world.conversation, transport);
  ASSERT_TRUE(ice);
  EXPECT_EQ(ice->username_fragment, "restarted");
  const auto stats =
      world.ask<sfu::Stats>(&CallService::transport_stats, one, world.conversation, transport);
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->size(), 1u);
}

TEST_F(CallMediaTest, SsrcsOfOneTransportDiffer) {
  for (std::uint8_t n = 1; n <= 4; ++n) {
    ASSERT_TRUE(world.produce(1, world.camera(1, CallWorld::producer(n))));
  }
  std::set<rtp::Ssrc> ssrcs;
  for (const auto& [id, consumer] : world.engine.consumers) {
    ssrcs.insert(*consumer.options.parameters.encodings.at(0).ssrc);
    ssrcs.insert(consumer.options.parameters.encodings.at(0).rtx_ssrc.value_or(0));
  }
  EXPECT_EQ(ssrcs.size(), 8u);
  EXPECT_FALSE(ssrcs.contains(1234));
}

}  // namespace
}  // namespace parlance::signaling
