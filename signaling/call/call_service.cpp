#include "signaling/call/call_service.h"

#include <array>
#include <set>
#include <unordered_map>
#include <utility>

#include "signaling/call/call.h"

namespace parlance::signaling {

// The calls by their ids, and the indexes that find them.
class CallService::State final : public CallRegistry {
 public:
  explicit State(CallEnvironment environment) : environment_(std::move(environment)) {}

  bool with(CallId id, std::move_only_function<void(Call&)> work) override {
    const auto at = calls_.find(id);
    if (at == calls_.end()) {
      return false;
    }
    Entry& entry = at->second;
    ++entry.users;
    work(*entry.call);
    // An engine that answers at once gets here from inside of the call's own work.
    if (--entry.users == 0) {
      settle(id);
    }
    return true;
  }

  void bind(SessionKey session, CallId call) override { bound_[session].insert(call); }

  void unbind(SessionKey session, CallId call) override {
    const auto at = bound_.find(session);
    if (at != bound_.end() && at->second.erase(call) > 0 && at->second.empty()) {
      bound_.erase(at);
    }
  }

  Call* find(chat::ConversationId conversation) {
    const auto at = by_conversation_.find(conversation);
    return at == by_conversation_.end() ? nullptr : calls_.at(at->second).call.get();
  }

  // The id of the conversation's call, which is started when there is none.
  CallId find_or_start(chat::ConversationId conversation, UnixMillis at) {
    if (const Call* call = find(conversation)) {
      return call->id();
    }
    std::array<std::uint8_t, 10> random{};
    environment_.random(random);
    const CallId id(Uuid::v7(at, random));
    calls_.emplace(id, Entry{std::make_unique<Call>(environment_, *this, id, conversation)});
    by_conversation_.emplace(conversation, id);
    return id;
  }

  void on_session(SessionKey session, bool gone, Timestamp now) {
    const auto at = bound_.find(session);
    if (at == bound_.end()) {
      return;
    }
    const std::set<CallId> calls = at->second;
    for (const CallId id : calls) {
      with(id, [&](Call& call) {
        call.on_session(session, gone);
        call.tick(now);
      });
    }
  }

  Timestamp next_timeout() const { return deadlines_.empty() ? kNever : deadlines_.begin()->first; }

  void tick(Timestamp now) {
    while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
      with(deadlines_.begin()->second, [now](Call& call) { call.tick(now); });
    }
  }

  Counts counts() const {
    Counts counts;
    for (const auto& [id, entry] : calls_) {
      if (entry.call->announced()) {
        ++counts.calls;
        counts.participants += entry.call->summary().participants;
      }
    }
    return counts;
  }

 private:
  struct Entry {
    std::unique_ptr<Call> call;
    Timestamp deadline = kNever;
    unsigned users = 0;  // pieces of work on it that are under way
  };

  // After whatever happened to a call: its end if it is empty, else its next deadline.
  void settle(CallId id) {
    const auto at = calls_.find(id);
    if (at == calls_.end()) {
      return;
    }
    Entry& entry = at->second;
    const bool ended = entry.call->empty();
    const Timestamp deadline = ended ? kNever : entry.call->next_timeout();
    if (deadline != entry.deadline) {
      deadlines_.erase({entry.deadline, id});
      if (deadline != kNever) {
        deadlines_.insert({deadline, id});
      }
      entry.deadline = deadline;
    }
    if (ended) {
      entry.call->end();
      by_conversation_.erase(entry.call->conversation());
      calls_.erase(at);
    }
  }

  CallEnvironment environment_;
  std::unordered_map<CallId, Entry> calls_;
  std::unordered_map<chat::ConversationId, CallId> by_conversation_;
  std::unordered_map<SessionKey, std::set<CallId>> bound_;
  std::set<std::pair<Timestamp, CallId>> deadlines_;
};

namespace {

// Runs a media operation for the participant that the caller is.
template <typename Reply, typename Work>
void as_participant(
    CallRegistry& registry, Call* call, SessionKey session, Reply& reply, Work work) {
  const auto self = call == nullptr ? std::nullopt : call->participant_of(session);
  if (!self) {
    return reply(std::unexpected(CallError::kNotJoined));
  }
  registry.with(call->id(), [&](Call& found) { work(found.media(), *self); });
}

// Runs an operation that only hosts may ask for.
template <typename Work>
void as_host(
    CallRegistry& registry, Call* call, const Caller& caller, CallReply<void>& reply, Work work) {
  if (!chat::is_host(caller.role)) {
    return reply(std::unexpected(CallError::kNotHost));
  }
  if (call == nullptr || !call->announced()) {
    return reply(std::unexpected(CallError::kNoCall));
  }
  registry.with(call->id(), [&](Call& found) { reply(work(found)); });
}

}  // namespace

CallService::CallService(CallEnvironment environment)
    : state_(std::make_unique<State>(std::move(environment))) {}

CallService::~CallService() = default;

void CallService::join(const Caller& caller,
                       JoinRequest request,
                       Moment at,
                       CallReply<JoinAnswer> reply) {
  if (!caller.may_start && state_->find(request.conversation) == nullptr) {
    return reply(std::unexpected(CallError::kMayNotStart));
  }
  const CallId id = state_->find_or_start(request.conversation, at.unix_ms);
  state_->with(id,
               [&](Call& call) { call.join(caller, std::move(request), at, std::move(reply)); });
}

void CallService::leave(const Caller& caller,
                        chat::ConversationId conversation,
                        ParticipantId participant,
                        CallReply<void> reply) {
  Call* call = state_->find(conversation);
  if (call == nullptr) {
    return reply({});
  }
  state_->with(call->id(), [&](Call& found) { reply(found.leave(caller, participant)); });
}

std::optional<CallView> CallService::get(chat::ConversationId conversation) const {
  const Call* call = state_->find(conversation);
  return call == nullptr || !call->announced() ? std::nullopt : std::optional(call->view());
}

std::optional<CallSummary> CallService::summary(chat::ConversationId conversation) const {
  const Call* call = state_->find(conversation);
  return call == nullptr || !call->announced() ? std::nullopt : std::optional(call->summary());
}

void CallService::lock(const Caller& caller,
                       chat::ConversationId conversation,
                       bool locked,
                       CallReply<void> reply) {
  as_host(*state_,
          state_->find(conversation),
          caller,
          reply,
          [locked](Call& call) -> std::expected<void, CallError> {
            call.lock(locked);
            return {};
          });
}

void CallService::mute(const Caller& caller,
                       chat::ConversationId conversation,
                       ParticipantId participant,
                       Source source,
                       CallReply<void> reply) {
  as_host(*state_, state_->find(conversation), caller, reply, [&](Call& call) {
    return call.mute(participant, source, caller.user);
  });
}

void CallService::remove(const Caller& caller,
                         chat::ConversationId conversation,
                         ParticipantId participant,
                         CallReply<void> reply) {
  as_host(*state_, state_->find(conversation), caller, reply, [&](Call& call) {
    return call.expel(participant);
  });
}

void CallService::connect_transport(const Caller& caller,
                                    chat::ConversationId conversation,
                                    sfu::TransportId transport,
                                    sfu::DtlsParameters remote,
                                    CallReply<void> reply) {
  as_participant(*state_,
                 state_->find(conversation),
                 caller.session,
                 reply,
                 [&](CallMedia& media, ParticipantId self) {
                   media.connect(self, transport, std::move(remote), std::move(reply));
                 });
}

void CallService::restart_transport(const Caller& caller,
                                    chat::ConversationId conversation,
                                    sfu::TransportId transport,
                                    CallReply<sfu::IceParameters> reply) {
  as_participant(*state_,
                 state_->find(conversation),
                 caller.session,
                 reply,
                 [&](CallMedia& media, ParticipantId self) {
                   media.restart(self, transport, std::move(reply));
                 });
}

void CallService::transport_stats(const Caller& caller,
                                  chat::ConversationId conversation,
                                  sfu::TransportId transport,
                                  CallReply<sfu::Stats> reply) {
  as_participant(*state_,
                 state_->find(conversation),
                 caller.session,
                 reply,
                 [&](CallMedia& media, ParticipantId self) {
                   media.stats(self, transport, std::move(reply));
                 });
}

void CallService::create_producer(const Caller& caller,
                                  ProduceRequest request,
                                  Moment at,
                                  CallReply<void> reply) {
  as_participant(*state_,
                 state_->find(request.conversation),
                 caller.session,
                 reply,
                 [&](CallMedia& media, ParticipantId self) {
                   media.create_producer(self, std::move(request), at, std::move(reply));
                 });
}

void CallService::set_producer_paused(const Caller& caller,
                                      chat::ConversationId conversation,
                                      sfu::ProducerId producer,
                                      bool paused,
                                      CallReply<void> reply) {
  as_participant(*state_,
                 state_->find(conversation),
                 caller.session,
                 reply,
                 [&](CallMedia& media, ParticipantId self) {
                   reply(media.set_producer_paused(self, producer, paused));
                 });
}

void CallService::close_producer(const Caller& caller,
                                 chat::ConversationId conversation,
                                 sfu::ProducerId producer,
                                 CallReply<void> reply) {
  as_participant(
      *state_,
      state_->find(conversation),
      caller.session,
      reply,
      [&](CallMedia& media, ParticipantId self) { reply(media.close_producer(self, producer)); });
}

void CallService::set_consumers_paused(const Caller& caller,
                                       chat::ConversationId conversation,
                                       std::span<const sfu::ConsumerId> consumers,
                                       bool paused,
                                       CallReply<void> reply) {
  as_participant(*state_,
                 state_->find(conversation),
                 caller.session,
                 reply,
                 [&](CallMedia& media, ParticipantId self) {
                   reply(media.set_consumers_paused(self, consumers, paused));
                 });
}

void CallService::request_key_frame(const Caller& caller,
                                    chat::ConversationId conversation,
                                    sfu::ConsumerId consumer,
                                    CallReply<void> reply) {
  as_participant(*state_,
                 state_->find(conversation),
                 caller.session,
                 reply,
                 [&](CallMedia& media, ParticipantId self) {
                   reply(media.request_key_frame(self, consumer));
                 });
}

void CallService::on_session_gone(SessionKey session, Timestamp now) {
  state_->on_session(session, true, now);
}

void CallService::on_session_back(SessionKey session, Timestamp now) {
  state_->on_session(session, false, now);
}

void CallService::on_member_left(chat::ConversationId conversation, chat::UserId user) {
  if (const Call* call = state_->find(conversation)) {
    state_->with(call->id(), [user](Call& found) { found.expel_user(user); });
  }
}

Timestamp CallService::next_timeout() const {
  return state_->next_timeout();
}

void CallService::tick(Timestamp now) {
  state_->tick(now);
}

CallService::Counts CallService::counts() const {
  return state_->counts();
}

}  // namespace parlance::signaling
