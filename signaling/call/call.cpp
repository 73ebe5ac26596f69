#include "signaling/call/call.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "signaling/call/media_errors.h"

namespace parlance::signaling {

namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

}  // namespace

Call::Call(CallEnvironment& environment,
           CallRegistry& registry,
           CallId id,
           chat::ConversationId conversation)
    : scope_(environment, registry, id, conversation), media_(scope_) {
  scope_.engine().create_router(
      scope_.router(), scope_.executor(), [&registry, id](sfu::MediaEvent event) {
        registry.with(id, [&event](Call& call) { call.on_media_event(event); });
      });
}

CallSummary Call::summary() const {
  return {scope_.call(), started_at_, locked_, scope_.roster().size()};
}

CallView Call::view() const {
  CallView view{scope_.call(), scope_.conversation(), started_at_, locked_, {}, {}, {}};
  for (const Seat& seat : scope_.roster().seats()) {
    view.participants.push_back(seat.info);
  }
  view.producers = media_.producers();
  view.speaker = media_.speaker();
  return view;
}

std::optional<ParticipantId> Call::participant_of(SessionKey session) const {
  const Seat* seat = scope_.roster().find_session(session);
  return seat == nullptr ? std::nullopt : std::optional(seat->info.id);
}

// Nothing where the caller may come in as this participant.
std::optional<CallError> Call::refusal(const Caller& caller, ParticipantId participant) {
  const auto own = participant_of(caller.session);
  if (own && *own != participant) {
    return CallError::kSessionInCall;
  }
  const auto waiting = joins_.find(participant);
  const Seat* seat = scope_.roster().find(participant);
  if ((seat != nullptr && seat->info.user != caller.user) ||
      (waiting != joins_.end() && waiting->second.caller.user != caller.user)) {
    return CallError::kParticipantTaken;
  }
  if (std::ranges::any_of(joins_, [&](const auto& join) {
        return join.first != participant && join.second.caller.session == caller.session;
      })) {
    return CallError::kSessionInCall;
  }
  if (seat != nullptr || waiting != joins_.end()) {
    return std::nullopt;
  }
  if (locked_) {
    return CallError::kLocked;
  }
  const auto newcomers = std::ranges::count_if(
      joins_, [this](const auto& join) { return scope_.roster().find(join.first) == nullptr; });
  if (scope_.roster().size() + static_cast<std::size_t>(newcomers) >=
      scope_.limits().max_participants) {
    return CallError::kFull;
  }
  return std::nullopt;
}

void Call::join(const Caller& caller, JoinRequest request, Moment at, CallReply<JoinAnswer> reply) {
  const ParticipantId participant = request.participant;
  if (const auto error = refusal(caller, participant)) {
    return reply(std::unexpected(*error));
  }
  if (const auto older = joins_.find(participant); older != joins_.end()) {
    Join superseded = std::move(older->second);
    joins_.erase(older);
    abandon(superseded, CallError::kSuperseded);
  }
  const auto send = scope_.new_id<sfu::TransportId>(at.unix_ms);
  const auto recv = scope_.new_id<sfu::TransportId>(at.unix_ms);
  scope_.registry().bind(caller.session, scope_.call());
  joins_.emplace(participant,
                 Join{caller, std::move(request), at, std::move(reply), send, recv, {}, {}, false});
  create_transport(participant, send);
  create_transport(participant, recv);
}

void Call::create_transport(ParticipantId participant, sfu::TransportId transport) {
  scope_.engine().create_transport(
      scope_.router(),
      transport,
      scope_.executor(),
      [&registry = scope_.registry(), call = scope_.call(), participant, transport](
          std::expected<sfu::TransportDescription, sfu::MediaError> result) {
        registry.with(call, [&](Call& alive) {
          alive.on_transport_created(participant, transport, std::move(result));
        });
      });
}

void Call::on_transport_created(ParticipantId participant,
                                sfu::TransportId transport,
                                std::expected<sfu::TransportDescription, sfu::MediaError> result) {
  const auto at = joins_.find(participant);
  if (at == joins_.end() || (at->second.send != transport && at->second.recv != transport)) {
    return;  // of a join that was abandoned, and closed then
  }
  Join& join = at->second;
  if (!result) {
    Join failed = std::move(join);
    joins_.erase(at);
    return abandon(failed, CallError::kUnavailable);
  }
  (transport == join.send ? join.send_description : join.recv_description) = std::move(*result);
  if (join.send_description && join.recv_description) {
    Join complete = std::move(join);
    joins_.erase(at);
    finish(std::move(complete));
  }
}

void Call::finish(Join join) {
  CHECK(join.send_description && join.recv_description);
  const ParticipantId participant = join.request.participant;
  const bool newcomer = scope_.roster().find(participant) == nullptr;
  const ParticipantInfo self = take_seat(join).info;
  const MediaGear gear{{join.send, std::move(*join.send_description)},
                       {join.recv, std::move(*join.recv_description)},
                       std::move(join.request.rtp_capabilities)};
  auto consumers = media_.attach(participant, gear, join.at);
  if (!std::exchange(announced_, true)) {
    started_at_ = join.at.unix_ms;
    scope_.tell_members(CallEvent::CallStarted{summary()});
  } else if (newcomer) {
    scope_.tell_members(CallEvent::CallUpdated{summary()});
  }
  join.reply(JoinAnswer{view(),
                        self,
                        gear.send,
                        gear.recv,
                        scope_.ice_servers(join.caller.user, join.at.unix_ms),
                        std::move(consumers)});
  if (newcomer) {
    scope_.tell_others(participant, CallEvent::ParticipantJoined{self});
  }
  stock_due_ = true;
}

// The participant's place, free of whatever it had there before.
Seat& Call::take_seat(const Join& join) {
  const ParticipantId participant = join.request.participant;
  Seat* seat = scope_.roster().find(participant);
  if (seat == nullptr) {
    scope_.roster().add({{participant, join.caller.user, "", chat::Role::kGuest, join.at.unix_ms}});
    seat = scope_.roster().find(participant);
  } else {
    const SessionKey old = seat->session;
    const auto transports = media_.transports(participant);
    media_.detach(participant);
    if (old != join.caller.session) {
      scope_.registry().unbind(old, scope_.call());
      // A second tab took over: the first has to see why its media stopped.
      for (const sfu::TransportId transport : transports) {
        scope_.tell_one(old, CallEvent::TransportChanged{transport, sfu::TransportState::kClosed});
      }
    }
  }
  seat->info.name = join.caller.name;
  seat->info.role = join.caller.role;
  seat->session = join.caller.session;
  seat->session_gone = join.session_gone;
  seat->absent_since = kNever;
  return *seat;
}

void Call::abandon(Join& join, CallError error) {
  scope_.engine().close_transport(scope_.router(), join.send);
  scope_.engine().close_transport(scope_.router(), join.recv);
  if (!participant_of(join.caller.session)) {
    scope_.registry().unbind(join.caller.session, scope_.call());
  }
  join.reply(std::unexpected(error));
}

std::expected<void, CallError> Call::leave(const Caller& caller, ParticipantId participant) {
  const auto waiting = joins_.find(participant);
  const Seat* seat = scope_.roster().find(participant);
  if ((seat != nullptr && seat->info.user != caller.user) ||
      (waiting != joins_.end() && waiting->second.caller.user != caller.user)) {
    return std::unexpected(CallError::kNotYourParticipant);
  }
  drop(participant, LeaveReason::kLeft);
  return {};
}

void Call::lock(bool locked) {
  if (std::exchange(locked_, locked) != locked && announced_) {
    scope_.tell_members(CallEvent::CallUpdated{summary()});
  }
}

std::expected<void, CallError> Call::mute(ParticipantId participant,
                                          Source source,
                                          chat::UserId by) {
  if (scope_.roster().find(participant) == nullptr) {
    return std::unexpected(CallError::kUnknownParticipant);
  }
  if (!media_.mute(participant, source, by)) {
    return std::unexpected(CallError::kUnknownProducer);
  }
  return {};
}

std::expected<void, CallError> Call::expel(ParticipantId participant) {
  if (scope_.roster().find(participant) == nullptr && !joins_.contains(participant)) {
    return std::unexpected(CallError::kUnknownParticipant);
  }
  drop(participant, LeaveReason::kRemoved);
  return {};
}

void Call::expel_user(chat::UserId user) {
  std::vector<ParticipantId> theirs;
  for (const Seat& seat : scope_.roster().seats()) {
    if (seat.info.user == user) {
      theirs.push_back(seat.info.id);
    }
  }
  for (const auto& [participant, join] : joins_) {
    if (join.caller.user == user) {
      theirs.push_back(participant);
    }
  }
  for (const ParticipantId participant : theirs) {
    drop(participant, LeaveReason::kRemoved);
  }
}

// Out, whether already in or still waiting; of one who is neither: nothing.
void Call::drop(ParticipantId participant, LeaveReason reason) {
  if (const auto at = joins_.find(participant); at != joins_.end()) {
    Join waiting = std::move(at->second);
    joins_.erase(at);
    abandon(waiting, CallError::kSuperseded);
  }
  const Seat* seat = scope_.roster().find(participant);
  if (seat == nullptr) {
    return;
  }
  const SessionKey session = seat->session;
  media_.detach(participant);
  scope_.roster().remove(participant);
  scope_.registry().unbind(session, scope_.call());
  scope_.tell_all(CallEvent::ParticipantLeft{participant, reason});
  if (reason != LeaveReason::kLeft) {
    scope_.tell_one(session, CallEvent::ParticipantLeft{participant, reason});
  }
  if (!empty()) {
    scope_.tell_members(CallEvent::CallUpdated{summary()});
  }
}

void Call::end() {
  scope_.engine().close_router(scope_.router());
  if (announced_) {
    scope_.tell_members(CallEvent::CallEnded{scope_.call()});
  }
}

void Call::on_session(SessionKey session, bool gone) {
  for (Seat& seat : scope_.roster().seats()) {
    if (seat.session == session) {
      seat.session_gone = gone;
    }
  }
  for (auto& [participant, join] : joins_) {
    if (join.caller.session == session) {
      join.session_gone = gone;
    }
  }
  stock_due_ = true;
}

void Call::on_media_event(const sfu::MediaEvent& event) {
  std::visit(Overloaded{[this](const sfu::MediaEvent::TransportChanged& changed) {
                          media_.on_transport(changed.transport, changed.state);
                          stock_due_ = true;
                        },
                        [this](const sfu::MediaEvent::DominantSpeaker& speaker) {
                          media_.on_speaker(speaker.producer);
                        },
                        [this](const sfu::MediaEvent::AudioLevels& levels) {
                          media_.on_levels(levels);
                        }},
             event.what);
}

void Call::tick(Timestamp now) {
  stock_due_ = false;
  std::vector<ParticipantId> lost;
  for (Seat& seat : scope_.roster().seats()) {
    if (!seat.session_gone || media_.connected(seat.info.id)) {
      seat.absent_since = kNever;
    } else if (seat.absent_since == kNever) {
      seat.absent_since = now;
    } else if (seat.absent_since + scope_.limits().absence <= now) {
      lost.push_back(seat.info.id);
    }
  }
  for (const ParticipantId participant : lost) {
    drop(participant, LeaveReason::kTimeout);
  }
}

Timestamp Call::next_timeout() const {
  if (stock_due_) {
    return Timestamp::min();
  }
  Timestamp next = kNever;
  for (const Seat& seat : scope_.roster().seats()) {
    if (seat.absent_since != kNever) {
      next = std::min(next, seat.absent_since + scope_.limits().absence);
    }
  }
  return next;
}

}  // namespace parlance::signaling
