// The operations of calls over real sockets, down to a media plane that only writes down.
#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "rtp/ortc.h"
#include "signaling/protocol/envelope.h"
#include "signaling/protocol/media_json.h"
#include "signaling/server/dispatch.h"
#include "tests/unit/signaling_server/world.h"

namespace parlance::signaling::test {
namespace {

Json dtls() {
  std::string value = "AA";
  for (int i = 0; i < 31; ++i) {
    value += ":AA";
  }
  return {{"role", "client"}, {"fingerprints", {{{"algorithm", "sha-256"}, {"value", value}}}}};
}

Json opus(std::uint32_t ssrc) {
  return {{"mid", "0"},
          {"codecs",
           {{{"mimeType", "audio/opus"},
             {"payloadType", 111},
             {"clockRate", 48'000},
             {"channels", 2},
             {"parameters", {{"minptime", 10}, {"useinbandfec", 1}}},
             {"rtcpFeedback", {{{"type", "transport-cc"}, {"parameter", ""}}}}}}},
          {"headerExtensions", Json::array()},
          {"encodings", {{{"ssrc", ssrc}}}},
          {"rtcp", {{"cname", "ada"}, {"reducedSize", true}}}};
}

class CallFlow : public testing::Test {
 protected:
  explicit CallFlow(const SignalingOptions& options = {}) : world_(options) {
    ada_->start();
    bob_->start();
    const Json made = ada_->ok("conversation.create", {{"c", c_}, {"title", "Room"}});
    bob_->ok("invite.accept", {{"code", made["conversation"]["invite_code"]}});
  }

  Json join(Client& client, const std::string& participant) {
    return client.ok("call.join",
                     {{"c", c_},
                      {"participant", participant},
                      {"rtp_capabilities", to_json(rtp::ortc::router_capabilities())}});
  }

  // Joined, with a connected send transport and a microphone.
  std::string produce(Client& client, const Json& joined) {
    const Json transport = joined["send_transport"]["id"];
    client.ok("transport.connect",
              {{"c", c_}, {"transport", transport}, {"dtls_parameters", dtls()}});
    std::string producer = new_id();
    client.ok("producer.create",
              {{"c", c_},
               {"transport", transport},
               {"producer", producer},
               {"kind", "audio"},
               {"source", "microphone"},
               {"rtp_parameters", opus(1111)}});
    return producer;
  }

  World world_;
  std::string c_ = new_id();
  std::string seat_ada_ = new_id();
  std::string seat_bob_ = new_id();
  Guest ada_guest_ = world_.guest("Ada");
  Guest bob_guest_ = world_.guest("Bob");
  std::unique_ptr<Client> ada_ = std::make_unique<Client>(world_, ada_guest_);
  std::unique_ptr<Client> bob_ = std::make_unique<Client>(world_, bob_guest_);
};

TEST_F(CallFlow, TwoJoinAndHearEachOther) {
  const Json ada = join(*ada_, seat_ada_);
  EXPECT_EQ(ada["self"]["role"], "owner");
  EXPECT_EQ(bob_->next_event("call.started")["c"], c_);
  const std::string producer = produce(*ada_, ada);
  const Json bob = join(*bob_, seat_bob_);
  ASSERT_EQ(bob["consumers"].size(), 1U);
  EXPECT_EQ(bob["consumers"][0]["producer"], producer);
  EXPECT_EQ(ada_->next_event("participant.joined")["d"]["participant"]["id"], seat_bob_);
  bob_->ok("consumer.resume", {{"c", c_}, {"consumers", {bob["consumers"][0]["id"]}}});
  bob_->ok("consumer.key_frame", {{"c", c_}, {"consumer", bob["consumers"][0]["id"]}});
  bob_->ok("consumer.pause", {{"c", c_}, {"consumers", {bob["consumers"][0]["id"]}}});
  produce(*bob_, bob);
  EXPECT_EQ(ada_->next_event("consumer.created")["d"]["consumer"]["participant"], seat_bob_);
  EXPECT_EQ(bob_->ok("conversation.get", {{"c", c_}})["call"]["participants"], 2);
}

TEST_F(CallFlow, AnAnswerThatFitsNoFrameIsAProblemInstead) {
  const Json ada = join(*ada_, seat_ada_);
  const Json question = {{"c", c_}, {"transport", ada["recv_transport"]["id"]}};
  std::variant<std::int64_t, double, std::string, bool>& text =
      world_.media.stats.at(0)["srtpProfile"];
  text = std::string();
  const std::size_t bare = Json({{"stats", to_json(world_.media.stats)}}).dump().size();
  const std::string most(kMaxReplyBytes - bare, 'x');
  text = most;
  EXPECT_EQ(ada_->ok("transport.stats", question)["stats"][0]["srtpProfile"], most);
  text = most + "x";
  EXPECT_EQ(ada_->error("transport.stats", question), "reply.too_large");
  world_.media.stats = {};
  ada_->ok("transport.stats", question);
}

TEST_F(CallFlow, EveryOperationIsAnswered) {
  const Json ada = join(*ada_, seat_ada_);
  const Json transport = ada["recv_transport"]["id"];
  EXPECT_EQ(ada_->error("producer.create",
                        {{"c", c_},
                         {"transport", ada["send_transport"]["id"]},
                         {"producer", new_id()},
                         {"kind", "audio"},
                         {"source", "microphone"},
                         {"rtp_parameters", opus(1)}}),
            "media.not_connected");
  const std::string producer = produce(*ada_, ada);
  ada_->ok("transport.restart", {{"c", c_}, {"transport", transport}});
  EXPECT_FALSE(ada_->ok("transport.stats", {{"c", c_}, {"transport", transport}})["stats"].empty());
  ada_->ok("producer.pause", {{"c", c_}, {"producer", producer}});
  EXPECT_TRUE(ada_->next_event("producer.updated")["d"]["paused"].get<bool>());
  ada_->ok("producer.resume", {{"c", c_}, {"producer", producer}});
  ada_->ok("call.lock", {{"c", c_}, {"locked", true}});
  EXPECT_EQ(bob_->error("call.join",
                        {{"c", c_},
                         {"participant", seat_bob_},
                         {"rtp_capabilities", to_json(rtp::ortc::router_capabilities())}}),
            "call.locked");
  ada_->ok("call.lock", {{"c", c_}, {"locked", false}});
  join(*bob_, seat_bob_);
  EXPECT_EQ(
      bob_->error("call.mute", {{"c", c_}, {"participant", seat_ada_}, {"source", "microphone"}}),
      "forbidden");
  EXPECT_EQ(bob_->error("transport.stats", {{"c", c_}, {"transport", transport}}), "not_found");
  EXPECT_EQ(bob_->error("producer.close", {{"c", c_}, {"producer", producer}}), "not_found");
  ada_->ok("call.remove", {{"c", c_}, {"participant", seat_bob_}});
  EXPECT_EQ(bob_->next_event("participant.left")["d"]["reason"], "removed");
  ada_->ok("producer.close", {{"c", c_}, {"producer", producer}});
  EXPECT_EQ(ada_->ok("call.get", {{"c", c_}})["call"]["participants"].size(), 1U);
  ada_->ok("call.leave", {{"c", c_}, {"participant", seat_ada_}});
  EXPECT_EQ(bob_->next_event("call.ended")["c"], c_);
  EXPECT_EQ(bob_->ok("call.get", {{"c", c_}})["call"], nullptr);
}

TEST_F(CallFlow, NothingWithoutMembership) {
  join(*ada_, seat_ada_);
  Client eve(world_, world_.guest("Eve"));
  eve.start();
  EXPECT_EQ(eve.error("call.join",
                      {{"c", c_},
                       {"participant", new_id()},
                       {"rtp_capabilities", to_json(rtp::ortc::router_capabilities())}}),
            "not_found");
  EXPECT_EQ(eve.error("call.get", {{"c", c_}}), "not_found");
  EXPECT_EQ(eve.error("call.lock", {{"c", c_}, {"locked", true}}), "not_found");
  EXPECT_EQ(eve.error("call.leave", {{"c", c_}, {"participant", seat_ada_}}), "not_found");
}

TEST_F(CallFlow, WhoIsNoLongerAMemberIsOutOfTheCall) {
  join(*ada_, seat_ada_);
  join(*bob_, seat_bob_);
  ada_->ok("member.remove", {{"c", c_}, {"user", bob_guest_.user}});
  EXPECT_EQ(ada_->next_event("participant.left")["d"]["participant"], seat_bob_);
}

TEST_F(CallFlow, ACutSocketLosesNoEventOfTheCall) {
  join(*ada_, seat_ada_);
  const std::string session = ada_->hello()["session_id"];
  ada_->next_event("call.started");
  const std::uint64_t s = ada_->last_s();
  ada_->socket().cut();
  join(*bob_, seat_bob_);
  Client again(world_, ada_guest_);
  ASSERT_TRUE(again.resume(session, s));
  EXPECT_EQ(again.next_event("participant.joined")["d"]["participant"]["id"], seat_bob_);
  EXPECT_EQ(again.numbers().front(), s + 1);
  again.ok("call.leave", {{"c", c_}, {"participant", seat_ada_}});
  EXPECT_EQ(bob_->next_event("participant.left")["d"]["reason"], "left");
}

// A call of all the participants and producers that are let in, with parameters as long as they may
// be: far more than one frame holds.
class FullCall : public CallFlow {
 protected:
  static constexpr std::size_t kOthers = kMaxParticipants - 1;
  static constexpr std::size_t kProducers = kOthers * kMaxProducersPerParticipant;

  FullCall() : CallFlow(patient()) {}

  // The others' events wait in the server while they are not read, and nobody's silence counts.
  static SignalingOptions patient() {
    SignalingOptions options;
    options.session.blocked = std::chrono::minutes(10);
    options.session.heartbeat = std::chrono::minutes(10);
    options.session.requests = {1000, 1000};
    return options;
  }

  void SetUp() override {
    for (std::size_t i = 0; i < kOthers; ++i) {
      auto& client = others_.emplace_back(std::make_unique<Client>(world_, ada_guest_));
      client->start();
      const Json joined = join(*client, new_id());
      const Json transport = joined["send_transport"]["id"];
      client->ok("transport.connect",
                 {{"c", c_}, {"transport", transport}, {"dtls_parameters", dtls()}});
      Json parameters = opus(1111);
      parameters["codecs"][0]["parameters"]["x"] = std::string(256, '"');
      parameters["codecs"][0]["parameters"]["y"] = std::string(256, '"');
      parameters["codecs"][0]["parameters"]["z"] = std::string(256, '"');
      parameters["rtcp"]["cname"] = std::string(255, '"');
      parameters["msid"] = std::string(256, '"');
      for (std::size_t n = 0; n < kMaxProducersPerParticipant; ++n) {
        parameters["encodings"][0]["ssrc"] = 1111 + n;
        client->ok("producer.create",
                   {{"c", c_},
                    {"transport", transport},
                    {"producer", new_id()},
                    {"kind", "audio"},
                    {"source", "microphone"},
                    {"rtp_parameters", parameters}});
      }
    }
  }

  // The ids of the consumers in the answer and in the events behind it, `ids` among them.
  static std::set<std::string> consumers_of(const Json& joined,
                                            Client& client,
                                            std::set<std::string> ids = {}) {
    for (const Json& consumer : joined["consumers"]) {
      ids.insert(consumer["id"]);
    }
    while (ids.size() < kProducers) {
      const Json event = client.next_event("consumer.created");
      if (event.is_null()) {
        break;
      }
      ids.insert(event["d"]["consumer"]["id"]);
    }
    return ids;
  }

  std::vector<std::unique_ptr<Client>> others_;
};

TEST_F(FullCall, IsToldToWhoeverJoinsInTheAnswerAndRightBehindIt) {
  const Json joined = join(*bob_, seat_bob_);
  EXPECT_EQ(joined["call"]["participants"].size(), kMaxParticipants);
  EXPECT_EQ(joined["call"]["producers"].size(), kProducers);
  EXPECT_LT(joined["consumers"].size(), kProducers);
  const std::set<std::string> consumers = consumers_of(joined, *bob_);
  EXPECT_EQ(consumers.size(), kProducers);
  bob_->ok("consumer.resume", {{"c", c_}, {"consumers", consumers}});
  EXPECT_EQ(bob_->ok("call.get", {{"c", c_}})["call"]["producers"].size(), kProducers);
}

TEST_F(FullCall, IsToldWholeWhereTheConnectionBreaksBehindTheAnswer) {
  const std::string session = bob_->hello()["session_id"];
  const Json joined = join(*bob_, seat_bob_);
  Json first = bob_->next_event("consumer.created");
  ASSERT_FALSE(first.is_null());
  bob_->socket().cut();
  Client again(world_, bob_guest_);
  ASSERT_TRUE(again.resume(session, first["s"]));
  const auto consumers = consumers_of(joined, again, {first["d"]["consumer"]["id"]});
  EXPECT_EQ(consumers.size(), kProducers);
}

TEST(Operations, EveryRequestOfTheSchemasHasOneAndTheOtherWayRound) {
  const SchemaRegistry registry = SchemaRegistry::load(embedded_schemas()).value();
  std::vector<std::string> known;
  for (const Operation& operation : operations()) {
    known.emplace_back(operation.name);
    EXPECT_TRUE(registry.has(std::string(operation.name) + ".request")) << operation.name;
    EXPECT_TRUE(registry.has(std::string(operation.name) + ".reply")) << operation.name;
  }
  for (const std::string& name : registry.names()) {
    const std::string_view ending = ".request";
    if (name.ends_with(ending)) {
      const std::string op = name.substr(0, name.size() - ending.size());
      EXPECT_TRUE(std::ranges::find(known, op) != known.end()) << op;
    }
  }
}

TEST(Routes, OfTheOperatorComeBeforeTheFiles) {
  const World world(
      {},
      {{"/admin/",
        RouteAccess::kTrusted,
        [](const HttpRequest& request, Executor& thread, HttpResponder respond) {
          thread.post(
              [path = request.path, body = request.body, out = std::move(respond)]() mutable {
                out({200, "text/plain", path + " " + body});
              });
        }}});
  EXPECT_EQ(world.http("POST", "/admin/workers", {}, "3").body, "/admin/workers 3");
  EXPECT_EQ(world.http("POST", "/admin/workers", {{"origin", "https://evil.example"}}, "3").status,
            403);
  EXPECT_EQ(world.http("GET", "/admin/x", {{"host", "rebound.example"}}).status, 403);
}

}  // namespace
}  // namespace parlance::signaling::test
