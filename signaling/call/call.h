// One call: who comes, who goes, and what its hosts decide.
#pragma once

#include <map>
#include <optional>

#include "signaling/call/call_media.h"
#include "signaling/call/call_scope.h"

namespace parlance::signaling {

// The life of a call. It is announced when the first participant is in, and has ended when the last
// one left; the 15 s that an absent participant keeps its place are what carries a call over a
// reload of its only participant.
class Call {
 public:
  Call(CallEnvironment& environment,
       CallRegistry& registry,
       CallId id,
       chat::ConversationId conversation);

  CallId id() const { return scope_.call(); }

  chat::ConversationId conversation() const { return scope_.conversation(); }

  // Somebody got in: members know of the call.
  bool announced() const { return announced_; }

  CallSummary summary() const;
  CallView view() const;

  CallMedia& media() { return media_; }

  // The participant that a session is, if it is one.
  std::optional<ParticipantId> participant_of(SessionKey session) const;

  void join(const Caller& caller, JoinRequest request, Moment at, CallReply<JoinAnswer> reply);
  std::expected<void, CallError> leave(const Caller& caller, ParticipantId participant);
  void lock(bool locked);
  std::expected<void, CallError> mute(ParticipantId participant, Source source, chat::UserId by);
  std::expected<void, CallError> expel(ParticipantId participant);
  void expel_user(chat::UserId user);

  void on_session(SessionKey session, bool gone);
  void on_media_event(const sfu::MediaEvent& event);

  // Nobody is in it or about to be.
  bool empty() const { return scope_.roster().empty() && joins_.empty(); }

  // Tells the members, if they knew of the call, and closes the router.
  void end();

  // Takes stock of who is absent, and removes those who were for too long.
  void tick(Timestamp now);
  // In the past where something happened whose time only the next tick knows.
  Timestamp next_timeout() const;

 private:
  // A join that waits for its transports.
  struct Join {
    Caller caller;
    JoinRequest request;
    Moment at;
    CallReply<JoinAnswer> reply;
    sfu::TransportId send;
    sfu::TransportId recv;
    std::optional<sfu::TransportDescription> send_description;
    std::optional<sfu::TransportDescription> recv_description;
    bool session_gone = false;
  };

  std::optional<CallError> refusal(const Caller& caller, ParticipantId participant);
  void create_transport(ParticipantId participant, sfu::TransportId transport);
  void on_transport_created(ParticipantId participant,
                            sfu::TransportId transport,
                            std::expected<sfu::TransportDescription, sfu::MediaError> result);
  void finish(Join join);
  Seat& take_seat(const Join& join);
  void abandon(Join& join, CallError error);
  void drop(ParticipantId participant, LeaveReason reason);

  CallScope scope_;
  CallMedia media_;
  std::map<ParticipantId, Join> joins_;
  UnixMillis started_at_ = 0;
  bool locked_ = false;
  bool announced_ = false;
  bool stock_due_ = false;  // somebody may have become absent or present
};

}  // namespace parlance::signaling
