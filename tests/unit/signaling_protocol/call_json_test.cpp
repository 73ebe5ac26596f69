#include "signaling/protocol/call_json.h"

#include <string>

#include <gtest/gtest.h>

#include "rtp/ortc.h"
#include "signaling/protocol/media_json.h"
#include "signaling/protocol/schema_registry.h"

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
