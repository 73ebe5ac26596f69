// The calls of the conversations that one signaling thread owns: participants, their media, the
// host's controls.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/executor.h"
#include "base/time.h"
#include "sfu/api/media_engine.h"
#include "signaling/call/call_error.h"
#include "signaling/call/call_events.h"
#include "signaling/call/types.h"

namespace parlance::signaling {

// docs/limits.md says what happens at each.
inline constexpr std::size_t kMaxParticipants = 16;
inline constexpr std::size_t kMaxProducersPerParticipant = 8;
// So that whoever joins can be told of all of them before its session's log is full.
inline constexpr std::size_t kMaxProducersPerCall = 512;
// Names and texts of one codec's parameters.
inline constexpr std::size_t kMaxCodecParameterBytes = 1024;
// How long a participant stays after both its connection and its ICE consent are gone.
inline constexpr Duration kAbsence = std::chrono::seconds(15);

// The same, for tests to change.
struct CallLimits {
  std::size_t max_participants = kMaxParticipants;
  std::size_t max_producers_per_participant = kMaxProducersPerParticipant;
  std::size_t max_producers = kMaxProducersPerCall;
  Duration absence = kAbsence;
};

// What a CallService needs of the world.
struct CallEnvironment {
  sfu::MediaEngine& engine;
  Executor& executor;  // posts to the thread that the service lives on
  CallEventSink& sink;
  std::function<void(std::span<std::uint8_t>)> random;  // cryptographically strong
  // The ICE servers for one user, with credentials minted now. Empty where no TURN is configured.
  std::function<std::vector<IceServer>(chat::UserId, UnixMillis)> ice_servers;
  CallLimits limits = {};
};

// Answered exactly once, on the service's thread; sometimes before the call returns.
template <typename T>
using CallReply = std::move_only_function<void(std::expected<T, CallError>)>;

// Lives on one thread and is called on it only. It has to outlive the last task of its executor.
// After every batch of tasks or calls the shell asks next_timeout() and calls tick() once that is
// reached: media events carry no time, so they ask for a tick at once.
class CallService {
 public:
  explicit CallService(CallEnvironment environment);
  ~CallService();
  CallService(const CallService&) = delete;
  CallService& operator=(const CallService&) = delete;

  // Starts the call when there is none. With the id of a participant that the user is already, both
  // transports are replaced and the participant moves to the caller's session; others see its
  // producers close and nothing else.
  void join(const Caller& caller, JoinRequest request, Moment at, CallReply<JoinAnswer> reply);
  // Of a participant that is gone already: no error.
  void leave(const Caller& caller,
             chat::ConversationId conversation,
             ParticipantId participant,
             CallReply<void> reply);
  std::optional<CallView> get(chat::ConversationId conversation) const;
  std::optional<CallSummary> summary(chat::ConversationId conversation) const;

  // The host's controls; the host need not be in the call.
  void lock(const Caller& caller,
            chat::ConversationId conversation,
            bool locked,
            CallReply<void> reply);
  void mute(const Caller& caller,
            chat::ConversationId conversation,
            ParticipantId participant,
            Source source,
            CallReply<void> reply);
  void remove(const Caller& caller,
              chat::ConversationId conversation,
              ParticipantId participant,
              CallReply<void> reply);

  void connect_transport(const Caller& caller,
                         chat::ConversationId conversation,
                         sfu::TransportId transport,
                         sfu::DtlsParameters remote,
                         CallReply<void> reply);
  void restart_transport(const Caller& caller,
                         chat::ConversationId conversation,
                         sfu::TransportId transport,
                         CallReply<sfu::IceParameters> reply);
  void transport_stats(const Caller& caller,
                       chat::ConversationId conversation,
                       sfu::TransportId transport,
                       CallReply<sfu::Stats> reply);

  void create_producer(const Caller& caller,
                       ProduceRequest request,
                       Moment at,
                       CallReply<void> reply);
  void set_producer_paused(const Caller& caller,
                           chat::ConversationId conversation,
                           sfu::ProducerId producer,
                           bool paused,
                           CallReply<void> reply);
  // Of one that the participant closed already: no error.
  void close_producer(const Caller& caller,
                      chat::ConversationId conversation,
                      sfu::ProducerId producer,
                      CallReply<void> reply);

  // All of them, or kUnknownConsumer and none.
  void set_consumers_paused(const Caller& caller,
                            chat::ConversationId conversation,
                            std::span<const sfu::ConsumerId> consumers,
                            bool paused,
                            CallReply<void> reply);
  void request_key_frame(const Caller& caller,
                         chat::ConversationId conversation,
                         sfu::ConsumerId consumer,
                         CallReply<void> reply);

  // The session's connection broke, or it has one again. Unknown sessions are ignored: the session
  // layer may tell every thread.
  void on_session_gone(SessionKey session, Timestamp now);
  void on_session_back(SessionKey session, Timestamp now);
  // The user is no longer a member: out of the call.
  void on_member_left(chat::ConversationId conversation, chat::UserId user);

  // kNever when nothing is due; in the past when something is due now.
  Timestamp next_timeout() const;
  void tick(Timestamp now);

  struct Counts {
    std::size_t calls = 0;
    std::size_t participants = 0;
  };

  Counts counts() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace parlance::signaling
