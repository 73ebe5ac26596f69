// A CallService with a media plane of paper, a clock of its own, and people who call.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "signaling/call/call_service.h"
#include "tests/support/media/fake_media_engine.h"
#include "tests/support/media/manual_executor.h"

namespace parlance::test {

using namespace std::chrono_literals;

template <typename IdType>
IdType numbered_id(std::uint8_t group, std::uint8_t number) {
  std::array<std::uint8_t, 16> bytes{};
  bytes[6] = 0x70;
  bytes[8] = 0x80;
  bytes[14] = group;
  bytes[15] = number;
  return IdType(Uuid(bytes));
}

inline rtp::RtpCapabilities browser_capabilities() {
  return {{{rtp::MediaKind::kAudio, "audio/opus", 100, 48000, 2, {}, {}},
           {rtp::MediaKind::kVideo, "video/VP8", 101, 90000, {}, {}, {{"nack", ""}}},
           {rtp::MediaKind::kVideo, "video/rtx", 102, 90000, {}, {{"apt", 101}}, {}}},
          {}};
}

inline rtp::RtpCapabilities audio_only_capabilities() {
  auto capabilities = browser_capabilities();
  capabilities.codecs.resize(1);
  return capabilities;
}

inline rtp::RtpParameters audio_parameters(rtp::Ssrc ssrc = 1111) {
  rtp::RtpParameters parameters;
  parameters.mid = "0";
  parameters.codecs = {{"audio/opus", 111, 48000, 2, {}, {}}};
  parameters.encodings.resize(1);
  parameters.encodings[0].ssrc = ssrc;
  parameters.rtcp.cname = "ada";
  return parameters;
}

inline rtp::RtpParameters video_parameters(rtp::Ssrc ssrc = 2222) {
  rtp::RtpParameters parameters;
  parameters.mid = "1";
  parameters.codecs = {{"video/VP8", 96, 90000, {}, {}, {{"nack", ""}}},
                       {"video/rtx", 97, 90000, {}, {{"apt", 96}}, {}}};
  parameters.encodings.resize(1);
  parameters.encodings[0].ssrc = ssrc;
  parameters.encodings[0].rtx_ssrc = ssrc + 1;
  parameters.rtcp.cname = "ada";
  return parameters;
}

// What the sink was given, with the sessions it went to; none: all members.
struct Delivery {
  std::vector<signaling::SessionKey> sessions;
  signaling::CallEvent event;
};

class CallWorld : public signaling::CallEventSink {
 public:
  using Error = signaling::CallError;

  explicit CallWorld(signaling::CallLimits limits = {})
      : calls({engine,
               executor,
               *this,
               [this](std::span<std::uint8_t> out) { fill(out); },
               [](chat::UserId, UnixMillis) {
                 return std::vector<signaling::IceServer>{{{"turn:turn.example.org"}, "u", "c"}};
               },
               limits}) {}

  FakeMediaEngine engine;
  ManualExecutor executor;
  std::vector<Delivery> deliveries;
  signaling::Moment at{Timestamp(1000s), 1'700'000'000'000};
  signaling::CallService calls;
  const chat::ConversationId conversation = numbered_id<chat::ConversationId>(1, 1);

  // The nth person: user n, participant n, session n.
  static signaling::Caller person(std::uint8_t n, chat::Role role = chat::Role::kMember) {
    return {signaling::SessionKey{n},
            numbered_id<chat::UserId>(2, n),
            "person " + std::to_string(n),
            role};
  }

  static signaling::ParticipantId participant(std::uint8_t n) {
    return numbered_id<signaling::ParticipantId>(3, n);
  }

  static sfu::ProducerId producer(std::uint8_t n) { return numbered_id<sfu::ProducerId>(4, n); }

  // The answer, or nothing yet.
  template <typename T>
  using Outcome = std::shared_ptr<std::optional<std::expected<T, Error>>>;

  template <typename T>
  std::pair<Outcome<T>, signaling::CallReply<T>> expect() {
    auto outcome = std::make_shared<std::optional<std::expected<T, Error>>>();
    return {outcome, [outcome](std::expected<T, Error> result) {
              outcome->emplace(std::move(result));
            }};
  }

  Outcome<signaling::JoinAnswer> ask_to_join(const signaling::Caller& caller,
                                             signaling::ParticipantId participant,
                                             rtp::RtpCapabilities capabilities) {
    auto [outcome, reply] = expect<signaling::JoinAnswer>();
    calls.join(caller, {conversation, participant, std::move(capabilities)}, at, std::move(reply));
    return outcome;
  }

  std::expected<signaling::JoinAnswer, Error> join(
      std::uint8_t n,
      chat::Role role = chat::Role::kMember,
      rtp::RtpCapabilities capabilities = browser_capabilities()) {
    return join_as(person(n, role), participant(n), std::move(capabilities));
  }

  std::expected<signaling::JoinAnswer, Error> join_as(
      const signaling::Caller& caller,
      signaling::ParticipantId participant,
      rtp::RtpCapabilities capabilities = browser_capabilities()) {
    auto outcome = ask_to_join(caller, participant, std::move(capabilities));
    settle();
    auto result = std::move(outcome->value());
    if (result) {
      joined[participant] = *result;
    }
    return result;
  }

  // Runs an operation whose last argument is the reply, and gives its answer.
  template <typename T = void, typename Operation, typename... Args>
  std::expected<T, Error> ask(Operation operation, Args&&... args) {
    auto [outcome, reply] = expect<T>();
    (calls.*operation)(std::forward<Args>(args)..., std::move(reply));
    settle();
    return std::move(outcome->value());
  }

  std::expected<void, Error> connect(std::uint8_t n) {
    return connect(n, joined.at(participant(n)).send_transport.id);
  }

  std::expected<void, Error> connect(std::uint8_t n, sfu::TransportId transport) {
    return ask(
        &signaling::CallService::connect_transport, person(n), conversation, transport, dtls());
  }

  static sfu::DtlsParameters dtls() { return {sfu::DtlsRole::kClient, {{"sha-256", "11:22:33"}}}; }

  signaling::ProduceRequest camera(std::uint8_t n, sfu::ProducerId id) {
    return {conversation,
            joined.at(participant(n)).send_transport.id,
            id,
            rtp::MediaKind::kVideo,
            signaling::Source::kCamera,
            video_parameters(),
            false};
  }

  signaling::ProduceRequest microphone(std::uint8_t n, sfu::ProducerId id) {
    auto request = camera(n, id);
    request.kind = rtp::MediaKind::kAudio;
    request.source = signaling::Source::kMicrophone;
    request.rtp_parameters = audio_parameters();
    return request;
  }

  std::expected<void, Error> produce(std::uint8_t n, signaling::ProduceRequest request) {
    return ask(&signaling::CallService::create_producer, person(n), std::move(request), at);
  }

  // In, connected, and with a camera: producer n.
  void join_with_camera(std::uint8_t n) {
    (void)join(n);
    (void)connect(n);
    (void)produce(n, camera(n, producer(n)));
  }

  void set_state(std::uint8_t n, sfu::TransportState state) {
    for (const auto& id : {joined.at(participant(n)).send_transport.id,
                           joined.at(participant(n)).recv_transport.id}) {
      engine.emit(router(), sfu::MediaEvent::TransportChanged{id, state});
    }
    settle();
  }

  sfu::RouterId router() const { return sfu::RouterId(calls.get(conversation)->call.uuid()); }

  // All tasks, and the ticks that they ask for.
  void settle() {
    executor.run();
    while (calls.next_timeout() <= at.now) {
      calls.tick(at.now);
      executor.run();
    }
  }

  // Ticks at every deadline on the way, like an event loop.
  void advance(Duration by) {
    const Timestamp end = at.now + by;
    settle();
    while (calls.next_timeout() <= end) {
      at.now = std::max(at.now, calls.next_timeout());
      settle();
    }
    at.now = end;
  }

  void lose_connection(std::uint8_t n) {
    calls.on_session_gone(signaling::SessionKey{n}, at.now);
    settle();
  }

  // Events of one kind that reached a session, in order.
  template <typename What>
  std::vector<What> received(std::uint8_t session) const {
    std::vector<What> found;
    for (const Delivery& delivery : deliveries) {
      const What* what = std::get_if<What>(&delivery.event.what);
      if (what != nullptr && std::ranges::find(delivery.sessions, signaling::SessionKey{session}) !=
                                 delivery.sessions.end()) {
        found.push_back(*what);
      }
    }
    return found;
  }

  // Events of one kind to all members.
  template <typename What>
  std::vector<What> announced() const {
    std::vector<What> found;
    for (const Delivery& delivery : deliveries) {
      if (const What* what = std::get_if<What>(&delivery.event.what);
          what != nullptr && delivery.sessions.empty()) {
        found.push_back(*what);
      }
    }
    return found;
  }

  void to_members(signaling::CallEvent event) override {
    deliveries.push_back({{}, std::move(event)});
  }

  void to_sessions(std::span<const signaling::SessionKey> sessions,
                   signaling::CallEvent event) override {
    deliveries.push_back({{sessions.begin(), sessions.end()}, std::move(event)});
  }

  std::map<signaling::ParticipantId, signaling::JoinAnswer> joined;

 private:
  // Counts instead of rolling dice: every id differs, and every run is the same.
  void fill(std::span<std::uint8_t> out) {
    ++rolls_;
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[out.size() - 1 - i] =
          i < 4 ? static_cast<std::uint8_t>(rolls_ >> (8 * i)) : std::uint8_t{0};
    }
  }

  std::uint32_t rolls_ = 0;
};

}  // namespace parlance::test
