#include <algorithm>
#include <functional>

#include "chat/domain/permissions.h"
#include "signaling/protocol/call_json.h"
#include "signaling/protocol/chat_json.h"
#include "signaling/protocol/media_json.h"
#include "signaling/server/operations.h"
#include "signaling/server/server_state.h"

namespace parlance::signaling::ops {

namespace {

using Work = std::move_only_function<void(CallService&)>;

// Runs `work` where the conversation's call lives. Refuses when that thread is too busy.
void at_owner(SignalingThread& thread,
              const Asker& asker,
              const chat::ConversationId& conversation,
              Work work) {
  SignalingThread& owner = thread.state().owner_of(conversation);
  const bool posted =
      owner.post([&owner, run = std::move(work)]() mutable { run(owner.calls().service()); });
  if (!posted) {
    thread.sessions().refuse(asker, {ProblemCode::kUnavailable, "The server is busy.", 1000});
  }
}

// The call's answer, which comes on its owner's thread, as the client's. Posted even where that is
// the same thread, so that events and answers keep the order in which the call gave them.
void post_answer(SignalingThread& thread, const Asker& asker, std::string ok) {
  thread.post([&thread, asker, text = std::move(ok)] { thread.sessions().answer(asker, text); });
}

void post_refusal(SignalingThread& thread, const Asker& asker, CallError error) {
  thread.post(
      [&thread, asker, problem = to_problem(error)] { thread.sessions().refuse(asker, problem); });
}

template <typename T, typename Write>
CallReply<T> call_answer(const Request& request, Write write) {
  return
      [&thread = request.thread, asker = request.asker, write](std::expected<T, CallError> result) {
        if (result) {
          post_answer(thread, asker, write_json(write(*result)));
        } else {
          post_refusal(thread, asker, result.error());
        }
      };
}

CallReply<void> call_answer(const Request& request) {
  return [&thread = request.thread, asker = request.asker](std::expected<void, CallError> result) {
    if (result) {
      post_answer(thread, asker, kNothing);
    } else {
      post_refusal(thread, asker, result.error());
    }
  };
}

// What does not fit into the answer comes right behind it, as one task: nothing gets in between.
CallReply<JoinAnswer> join_answer(const Request& request) {
  return [&thread = request.thread,
          asker = request.asker](std::expected<JoinAnswer, CallError> result) {
    if (!result) {
      return post_refusal(thread, asker, result.error());
    }
    thread.post([&thread, asker, text = join_text(*result, kMaxReplyBytes)] {
      thread.sessions().answer(asker, text.ok, text.rest);
    });
  };
}

Caller caller_of(const Request& request, chat::Role role) {
  const chat::Identity& identity = request.hosted.session.identity();
  return {request.hosted.session.key(), identity.user, identity.name, role};
}

chat::ConversationId conversation_of(const Request& request) {
  return id_of<chat::ConversationId>(request, "c");
}

// For what needs membership only. The session knows of which conversations it is.
void as_member(const Request& request,
               std::move_only_function<void(CallService&, const Caller&)> work) {
  const chat::ConversationId conversation = conversation_of(request);
  if (!request.hosted.subscriptions.is_member(conversation)) {
    return request.thread.sessions().refuse(request.asker, to_problem(chat::ChatError::kNotFound));
  }
  at_owner(request.thread,
           request.asker,
           conversation,
           [caller = caller_of(request, chat::Role::kGuest),
            run = std::move(work)](CallService& calls) mutable { run(calls, caller); });
}

// For what depends on the role: the store knows it.
void with_role(const Request& request,
               std::move_only_function<void(CallService&, const Caller&)> work) {
  const chat::ConversationId conversation = conversation_of(request);
  request.thread.state().dependencies.chat.get_conversation(
      user_of(request),
      conversation,
      request.thread.executor(),
      [&thread = request.thread,
       asker = request.asker,
       caller = caller_of(request, chat::Role::kGuest),
       conversation,
       run = std::move(work)](std::expected<chat::ConversationView, chat::ChatError> view) mutable {
        const chat::Member* self = nullptr;
        if (view) {
          const auto found = std::ranges::find(view->members, caller.user, &chat::Member::user);
          self = found == view->members.end() ? nullptr : &*found;
        }
        if (self == nullptr) {
          return thread.sessions().refuse(
              asker, to_problem(view ? chat::ChatError::kNotFound : view.error()));
        }
        caller.role = self->role;
        caller.name = self->name;
        caller.may_start = chat::may_start_call(*self, view->conversation.profile);
        at_owner(
            thread, asker, conversation, [caller, go = std::move(run)](CallService& calls) mutable {
              go(calls, caller);
            });
      });
}

void refuse_shape(const Request& request, std::string pointer, std::string detail) {
  request.thread.sessions().refuse(
      request.asker,
      {ProblemCode::kSchemaViolation, {}, std::nullopt, {{std::move(pointer), std::move(detail)}}});
}

}  // namespace

void router_capabilities(const Request& request) {
  request.thread.sessions().answer(request.asker, request.thread.state().capabilities);
}

void call_join(const Request& request) {
  std::optional<JoinRequest> join = parse_join_request(request.d);
  if (!join) {
    return refuse_shape(request, "/rtp_capabilities", "These are no RTP capabilities.");
  }
  with_role(request,
            [joining = std::move(*join), answer = join_answer(request)](
                CallService& calls, const Caller& caller) mutable {
              calls.join(caller, std::move(joining), read_clocks(), std::move(answer));
            });
}

void call_leave(const Request& request) {
  as_member(request,
            [c = conversation_of(request),
             participant = id_of<ParticipantId>(request, "participant"),
             reply = call_answer(request)](CallService& calls, const Caller& caller) mutable {
              calls.leave(caller, c, participant, std::move(reply));
            });
}

void call_get(const Request& request) {
  as_member(request,
            [c = conversation_of(request), &thread = request.thread, asker = request.asker](
                CallService& calls, const Caller&) {
              const std::optional<CallView> call = calls.get(c);
              const nlohmann::json ok = {{"call", call ? to_json(*call) : nlohmann::json(nullptr)}};
              post_answer(thread, asker, write_json(ok));
            });
}

void call_lock(const Request& request) {
  with_role(request,
            [c = conversation_of(request),
             locked = request.d["locked"].get<bool>(),
             reply = call_answer(request)](CallService& calls, const Caller& caller) mutable {
              calls.lock(caller, c, locked, std::move(reply));
            });
}

void call_mute(const Request& request) {
  const std::optional<Source> source = parse_source(request.d["source"]);
  if (!source) {
    return refuse_shape(request, "/source", "There is no such source.");
  }
  with_role(request,
            [c = conversation_of(request),
             participant = id_of<ParticipantId>(request, "participant"),
             muted = *source,
             reply = call_answer(request)](CallService& calls, const Caller& caller) mutable {
              calls.mute(caller, c, participant, muted, std::move(reply));
            });
}

void call_remove(const Request& request) {
  with_role(request,
            [c = conversation_of(request),
             participant = id_of<ParticipantId>(request, "participant"),
             reply = call_answer(request)](CallService& calls, const Caller& caller) mutable {
              calls.remove(caller, c, participant, std::move(reply));
            });
}

void transport_connect(const Request& request) {
  std::optional<sfu::DtlsParameters> remote = parse_dtls_parameters(request.d["dtls_parameters"]);
  if (!remote) {
    return refuse_shape(request, "/dtls_parameters", "These are no DTLS parameters.");
  }
  as_member(request,
            [c = conversation_of(request),
             transport = id_of<sfu::TransportId>(request, "transport"),
             dtls = std::move(*remote),
             reply = call_answer(request)](CallService& calls, const Caller& caller) mutable {
              calls.connect_transport(caller, c, transport, std::move(dtls), std::move(reply));
            });
}

void transport_restart(const Request& request) {
  auto answer = call_answer<sfu::IceParameters>(request, [](const sfu::IceParameters& ice) {
    return nlohmann::json{{"ice_parameters", to_json(ice)}};
  });
  as_member(request,
            [c = conversation_of(request),
             transport = id_of<sfu::TransportId>(request, "transport"),
             reply = std::move(answer)](CallService& calls, const Caller& caller) mutable {
              calls.restart_transport(caller, c, transport, std::move(reply));
            });
}

void transport_stats(const Request& request) {
  auto answer = call_answer<sfu::Stats>(
      request, [](const sfu::Stats& stats) { return nlohmann::json{{"stats", to_json(stats)}}; });
  as_member(request,
            [c = conversation_of(request),
             transport = id_of<sfu::TransportId>(request, "transport"),
             reply = std::move(answer)](CallService& calls, const Caller& caller) mutable {
              calls.transport_stats(caller, c, transport, std::move(reply));
            });
}

void producer_create(const Request& request) {
  std::optional<ProduceRequest> produce = parse_produce_request(request.d);
  if (!produce) {
    return refuse_shape(request, "/rtp_parameters", "These are no RTP parameters.");
  }
  as_member(request,
            [producing = std::move(*produce), reply = call_answer(request)](
                CallService& calls, const Caller& caller) mutable {
              calls.create_producer(caller, std::move(producing), read_clocks(), std::move(reply));
            });
}

namespace {

void pause_producer(const Request& request, bool paused) {
  as_member(request,
            [c = conversation_of(request),
             producer = id_of<sfu::ProducerId>(request, "producer"),
             paused,
             reply = call_answer(request)](CallService& calls, const Caller& caller) mutable {
              calls.set_producer_paused(caller, c, producer, paused, std::move(reply));
            });
}

void pause_consumers(const Request& request, bool paused) {
  std::vector<sfu::ConsumerId> consumers;
  for (const nlohmann::json& consumer : request.d["consumers"]) {
    consumers.push_back(
        sfu::ConsumerId::parse(consumer.get_ref<const std::string&>()).value_or(sfu::ConsumerId{}));
  }
  as_member(request,
            [c = conversation_of(request),
             list = std::move(consumers),
             paused,
             reply = call_answer(request)](CallService& calls, const Caller& caller) mutable {
              calls.set_consumers_paused(caller, c, list, paused, std::move(reply));
            });
}

}  // namespace

void producer_pause(const Request& request) {
  pause_producer(request, true);
}

void producer_resume(const Request& request) {
  pause_producer(request, false);
}

void producer_close(const Request& request) {
  as_member(request,
            [c = conversation_of(request),
             producer = id_of<sfu::ProducerId>(request, "producer"),
             reply = call_answer(request)](CallService& calls, const Caller& caller) mutable {
              calls.close_producer(caller, c, producer, std::move(reply));
            });
}

void consumer_pause(const Request& request) {
  pause_consumers(request, true);
}

void consumer_resume(const Request& request) {
  pause_consumers(request, false);
}

void consumer_key_frame(const Request& request) {
  as_member(request,
            [c = conversation_of(request),
             consumer = id_of<sfu::ConsumerId>(request, "consumer"),
             reply = call_answer(request)](CallService& calls, const Caller& caller) mutable {
              calls.request_key_frame(caller, c, consumer, std::move(reply));
            });
}

}  // namespace parlance::signaling::ops
