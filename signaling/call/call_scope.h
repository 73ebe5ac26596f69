// What the parts of one call share: its names, the world around it, and the way to its
// participants.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "signaling/call/call_service.h"
#include "signaling/call/roster.h"

namespace parlance::signaling {

class Call;

// How an answer of the engine finds its call again, which may have ended meanwhile.
class CallRegistry {
 public:
  virtual ~CallRegistry() = default;
  // Runs `work` on the call, then looks after its timers and its end. False: there is no such call.
  virtual bool with(CallId call, std::move_only_function<void(Call&)> work) = 0;
  // Which calls to tell of a session's fate.
  virtual void bind(SessionKey session, CallId call) = 0;
  virtual void unbind(SessionKey session, CallId call) = 0;
};

class CallScope {
 public:
  CallScope(CallEnvironment& environment,
            CallRegistry& registry,
            CallId call,
            chat::ConversationId conversation)
      : environment_(environment), registry_(registry), call_(call), conversation_(conversation) {}

  CallId call() const { return call_; }

  chat::ConversationId conversation() const { return conversation_; }

  // A call is one router: they share the id.
  sfu::RouterId router() const { return sfu::RouterId(call_.uuid()); }

  sfu::MediaEngine& engine() const { return environment_.engine; }

  Executor& executor() const { return environment_.executor; }

  CallRegistry& registry() const { return registry_; }

  const CallLimits& limits() const { return environment_.limits; }

  std::vector<IceServer> ice_servers(chat::UserId user, UnixMillis at) const {
    return environment_.ice_servers ? environment_.ice_servers(user, at) : std::vector<IceServer>{};
  }

  Roster& roster() { return roster_; }

  const Roster& roster() const { return roster_; }

  template <typename IdType>
  IdType new_id(UnixMillis at) const {
    std::array<std::uint8_t, 10> random{};
    environment_.random(random);
    return IdType(Uuid::v7(at, random));
  }

  // The first of a run of SSRCs that are counted up from here: far from zero, from
  // mediasoup-client's probator (1234), and with room for 2^28 more.
  rtp::Ssrc new_ssrc_base() const {
    std::array<std::uint8_t, 4> random{};
    environment_.random(random);
    rtp::Ssrc base = 0;
    for (const std::uint8_t byte : random) {
      base = base << 8U | byte;
    }
    return 0x10000000U + base % 0xD0000000U;
  }

  void tell_members(CallEvent::What what) {
    environment_.sink.to_members({conversation_, std::move(what)});
  }

  void tell_all(CallEvent::What what) { tell(roster_.sessions(), std::move(what)); }

  void tell_others(ParticipantId except, CallEvent::What what) {
    tell(roster_.sessions(except), std::move(what));
  }

  void tell_one(SessionKey session, CallEvent::What what) {
    environment_.sink.to_sessions({&session, 1}, {conversation_, std::move(what)});
  }

 private:
  void tell(const std::vector<SessionKey>& sessions, CallEvent::What what) {
    if (!sessions.empty()) {
      environment_.sink.to_sessions(sessions, {conversation_, std::move(what)});
    }
  }

  CallEnvironment& environment_;
  CallRegistry& registry_;
  CallId call_;
  chat::ConversationId conversation_;
  Roster roster_;
};

}  // namespace parlance::signaling
