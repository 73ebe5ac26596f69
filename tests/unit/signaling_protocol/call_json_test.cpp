#include "signaling/protocol/call_json.h"

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "rtp/ortc.h"
#include "rtp/packet/extension_map.h"
#include "signaling/call/call_service.h"
#include "signaling/protocol/envelope.h"
#include "signaling/protocol/media_json.h"
#include "signaling/protocol/schema_registry.h"
#include "signaling/session/session_log.h"

namespace parlance::signaling {
namespace {

using Json = nlohmann::json;

template <typename T>
T id(std::string_view text) {
  return T::parse(text).value();
}

const auto kCall = id<CallId>("0191c1a6-7b5d-7c61-9b5e-000000000001");
const auto kConversation = id<chat::ConversationId>("0191c1a6-7b5d-7c61-9b5e-000000000002");
const auto kParticipant = id<ParticipantId>("0191c1a6-7b5d-7c61-9b5e-000000000003");
const auto kUser = id<chat::UserId>("0191c1a6-7b5d-7c61-9b5e-000000000004");
const auto kProducer = id<sfu::ProducerId>("0191c1a6-7b5d-7c61-9b5e-000000000005");
const auto kConsumer = id<sfu::ConsumerId>("0191c1a6-7b5d-7c61-9b5e-000000000006");
const auto kTransport = id<sfu::TransportId>("0191c1a6-7b5d-7c61-9b5e-000000000007");

const CallSummary kSummary{kCall, 5, true, 3};
const ParticipantInfo kAda{kParticipant, kUser, "Ada", chat::Role::kOwner, 5};
const ProducerInfo kCamera{kProducer, kParticipant, Source::kCamera, true};

ConsumerInfo consumer() {
  ConsumerInfo info{kConsumer, kProducer, kParticipant, Source::kScreenAudio, {}, true, false};
  info.rtp_parameters.codecs = {{"audio/opus", 100, 48000, 2, {}, {}}};
  return info;
}

TransportInfo transport() {
  std::string value = "0A";
  for (int i = 1; i < 32; ++i) {
    value += ":0A";
  }
  return {kTransport,
          {{"ufrag", "a-password-of-22-letters"},
           {{"f", 5, "192.0.2.1", "udp", 40000}},
           {sfu::DtlsRole::kAuto, {{"sha-256", value}}}}};
}

// A camera's parameters of the greatest length that the schemas and kMaxCodecParameterBytes let
// through, in characters that JSON has to escape.
rtp::RtpParameters longest_parameters() {
  constexpr int kProperties = 32;
  constexpr int kTexts = 4;
  constexpr std::size_t kTextBytes = kMaxCodecParameterBytes / kTexts - kProperties * 2 / kTexts;
  rtp::RtpParameters parameters;
  parameters.codecs = {{"video/VP8", 96, 90'000, {}, {}, {}},
                       {"video/rtx", 97, 90'000, {}, {{"apt", 96}}, {}}};
  rtp::CodecParameterMap& names = parameters.codecs[0].parameters;
  for (int i = 0; i < kProperties; ++i) {
    const std::string name = std::to_string(10 + i);
    if (i < kTexts) {
      names[name] = std::string(kTextBytes, '"');
    } else {
      names[name] = std::numeric_limits<double>::lowest();
    }
  }
  parameters.header_extensions = {
      {std::string(rtp::extension_uri(rtp::ExtensionKind::kAbsCaptureTime)), 9, false}};
  parameters.encodings.resize(1);
  parameters.encodings[0].ssrc = std::numeric_limits<rtp::Ssrc>::max() - 1;
  parameters.encodings[0].rtx_ssrc = std::numeric_limits<rtp::Ssrc>::max();
  parameters.encodings[0].scalability_mode = std::string(16, 'L');
  parameters.encodings[0].max_bitrate_bps = std::numeric_limits<std::uint32_t>::max();
  parameters.rtcp.cname = std::string(255, '"');
  parameters.msid = std::string(256, '"');
  return parameters;
}

// What a browser that knows all that the router knows is given of it.
ConsumerInfo longest_consumer() {
  const auto& router = rtp::ortc::router_capabilities();
  const rtp::RtpParameters produced = longest_parameters();
  const auto mapping = rtp::ortc::producer_mapping(produced, router, 0x10000000U).value();
  const auto consumable =
      rtp::ortc::consumable_parameters(rtp::MediaKind::kVideo, produced, router, mapping);
  return {
      kConsumer,
      kProducer,
      kParticipant,
      Source::kScreenAudio,
      rtp::ortc::consumer_parameters(consumable, router, {0xFFFFFFF0U, 0xFFFFFFF1U, "1023"}, true)
          .value(),
      false,
      false};
}

JoinAnswer largest_answer(std::size_t participants, std::size_t producers) {
  const ParticipantInfo info{kParticipant,
                             kUser,
                             std::string(chat::kMaxNameBytes, '"'),
                             chat::Role::kModerator,
                             1'800'000'000'000};
  const ProducerInfo producer{kProducer, kParticipant, Source::kScreenAudio, false};
  JoinAnswer answer{{kCall, kConversation, 1'800'000'000'000, false, {}, {}, kParticipant},
                    info,
                    transport(),
                    transport(),
                    {{{"turn:a", "turns:b"}, "u", "c"}},
                    {}};
  answer.call.participants.assign(participants, info);
  answer.call.producers.assign(producers, producer);
  answer.consumers.assign(producers, longest_consumer());
  return answer;
}

class CallJson : public testing::Test {
 protected:
  void expect_fits(std::string_view schema, const Json& value) {
    for (const Violation& violation : checker_.check(schema, value)) {
      ADD_FAILURE() << schema << " " << violation.pointer << ": " << violation.detail << "\n"
                    << value;
    }
  }

  SchemaRegistry registry_ = SchemaRegistry::load(embedded_schemas()).value();
  SchemaChecker checker_{registry_};
};

TEST_F(CallJson, AnswersAreAsTheSchemasSay) {
  CallView view{kCall, kConversation, 5, false, {kAda}, {kCamera}, {}};
  expect_fits("call.get.reply", {{"call", to_json(view)}});
  view.speaker = kParticipant;
  EXPECT_EQ(to_json(view).at("speaker"), kParticipant.str());
  expect_fits("call.join.reply",
              to_json(JoinAnswer{view,
                                 kAda,
                                 transport(),
                                 transport(),
                                 {{{"turn:a", "turns:b"}, "u", "c"}, {{"stun:c"}, "", ""}},
                                 {consumer()}}));
}

TEST_F(CallJson, AJoinThatFitsIsAnsweredWhole) {
  const JoinAnswer answer = largest_answer(2, 2);
  const std::string whole = write_json(to_json(answer));
  const JoinText text = join_text(answer, whole.size());
  EXPECT_EQ(text.ok, whole);
  EXPECT_TRUE(text.rest.empty());
}

TEST_F(CallJson, WhatOfAJoinDoesNotFitIsToldByEventsInOrder) {
  const JoinAnswer answer = largest_answer(3, 3);
  const std::string whole = write_json(to_json(answer));
  const std::size_t least = write_json(to_json(largest_answer(0, 0))).size();
  constexpr std::size_t kStep = 160;  // less than any of the items
  std::vector<std::size_t> shares;
  for (std::size_t limit = whole.size() - 1; limit >= least; limit -= kStep) {
    const JoinText text = join_text(answer, limit);
    ASSERT_LE(text.ok.size(), limit);
    const Json ok = Json::parse(text.ok);
    std::vector<std::string> told(ok["call"]["participants"].size(), "participant.joined");
    told.insert(told.end(), ok["call"]["producers"].size(), "producer.created");
    told.insert(told.end(), ok["consumers"].size(), "consumer.created");
    for (const EventPtr& event : text.rest) {
      EXPECT_EQ(event->event_class, EventClass::kReliable);
      told.push_back(Json::parse("{" + event->tail)["ev"]);
    }
    ASSERT_EQ(told,
              (std::vector<std::string>{"participant.joined",
                                        "participant.joined",
                                        "participant.joined",
                                        "producer.created",
                                        "producer.created",
                                        "producer.created",
                                        "consumer.created",
                                        "consumer.created",
                                        "consumer.created"}));
    if (shares.empty() || shares.back() != text.rest.size()) {
      shares.push_back(text.rest.size());
      expect_fits("call.join.reply", ok);
    }
  }
  EXPECT_EQ(shares, (std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST_F(CallJson, TheLongestConsumerIsOneThatTheSchemasTake) {
  expect_fits("RtpParameters", to_json(longest_parameters()));
  expect_fits("consumer.created.event", {{"consumer", to_json(longest_consumer())}});
}

// docs/limits.md: nobody is let in who could not be told of the call.
TEST_F(CallJson, TheLargestCallFitsTheAnswerAndTheLogOfANewSession) {
  constexpr std::size_t kMostParticipants = 1024;  // that an operator may allow
  const JoinText text =
      join_text(largest_answer(kMostParticipants, kMaxProducersPerCall), kMaxReplyBytes);
  EXPECT_LE(text.ok.size(), kMaxReplyBytes);
  EXPECT_FALSE(text.rest.empty());
  SessionLog log{SessionLog::Limits{}};
  for (const EventPtr& event : text.rest) {
    ASSERT_TRUE(log.append(event, 0)) << "after " << log.size() << " of " << text.rest.size();
  }
}

TEST_F(CallJson, TheStateOfAFullCallFitsAFrame) {
  const JoinAnswer answer =
      largest_answer(kMaxParticipants, kMaxParticipants * kMaxProducersPerParticipant);
  EXPECT_LE(write_json({{"call", to_json(answer.call)}}).size(), kMaxReplyBytes);
}

TEST_F(CallJson, EveryEventIsAsItsSchemaSays) {
  using E = CallEvent;
  const std::vector<E::What> all = {E::CallStarted{kSummary},
                                    E::CallUpdated{kSummary},
                                    E::CallEnded{kCall},
                                    E::ParticipantJoined{kAda},
                                    E::ParticipantLeft{kParticipant, LeaveReason::kTimeout},
                                    E::ProducerCreated{kCamera},
                                    E::ProducerUpdated{kCamera, std::nullopt},
                                    E::ProducerUpdated{kCamera, kUser},
                                    E::ProducerClosed{kCamera},
                                    E::ConsumerCreated{consumer()},
                                    E::ConsumerClosed{kConsumer, kProducer},
                                    E::TransportChanged{kTransport, sfu::TransportState::kFailed},
                                    E::Speaker{kParticipant},
                                    E::Speaker{std::nullopt},
                                    E::Levels{{{kParticipant, -12}}},
                                    E::Levels{}};
  for (const E::What& what : all) {
    const auto [ev, d] = text_of(CallEvent{kConversation, what});
    ASSERT_TRUE(registry_.has(std::string(ev) + ".event")) << ev;
    expect_fits(std::string(ev) + ".event", d);
  }
}

TEST_F(CallJson, AMuteNamesItsHost) {
  const auto [ev, d] = text_of({kConversation, CallEvent::ProducerUpdated{kCamera, kUser}});
  EXPECT_EQ(ev, "producer.updated");
  EXPECT_EQ(d.at("by"), kUser.str());
}

TEST_F(CallJson, EveryRefusalHasACodeOfTheProtocol) {
  for (int i = 0; i <= static_cast<int>(CallError::kUnavailable); ++i) {
    const Problem problem = to_problem(static_cast<CallError>(i));
    EXPECT_NE(problem.code, ProblemCode::kInternal) << i;
    EXPECT_FALSE(problem.detail.empty());
  }
  EXPECT_EQ(to_problem(CallError::kFull).code, ProblemCode::kCallFull);
  EXPECT_EQ(to_problem(CallError::kNotConnected).code, ProblemCode::kMediaNotConnected);
}

TEST_F(CallJson, ReadsRequests) {
  const Json join = {{"c", kConversation.str()},
                     {"participant", kParticipant.str()},
                     {"rtp_capabilities", to_json(rtp::ortc::router_capabilities())}};
  expect_fits("call.join.request", join);
  const auto joining = parse_join_request(join);
  ASSERT_TRUE(joining);
  EXPECT_EQ(joining->participant, kParticipant);
  EXPECT_EQ(joining->rtp_capabilities.codecs, rtp::ortc::router_capabilities().codecs);

  const Json produce = {{"c", kConversation.str()},
                        {"transport", kTransport.str()},
                        {"producer", kProducer.str()},
                        {"kind", "audio"},
                        {"source", "screen_audio"},
                        {"paused", true},
                        {"rtp_parameters", to_json(consumer().rtp_parameters)}};
  expect_fits("producer.create.request", produce);
  const auto producing = parse_produce_request(produce);
  ASSERT_TRUE(producing);
  EXPECT_EQ(producing->source, Source::kScreenAudio);
  EXPECT_EQ(producing->transport, kTransport);
  EXPECT_TRUE(producing->paused);

  for (const char* member : {"c", "transport", "producer", "kind", "source", "rtp_parameters"}) {
    Json lacking = produce;
    lacking.erase(member);
    EXPECT_FALSE(parse_produce_request(lacking)) << member;
    Json wrong = produce;
    wrong[member] = 5;
    EXPECT_FALSE(parse_produce_request(wrong)) << member;
  }
  for (const char* member : {"c", "participant", "rtp_capabilities"}) {
    Json lacking = join;
    lacking.erase(member);
    EXPECT_FALSE(parse_join_request(lacking)) << member;
  }
}

}  // namespace
}  // namespace parlance::signaling
