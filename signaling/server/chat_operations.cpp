#include <algorithm>

#include "signaling/protocol/call_json.h"
#include "signaling/protocol/chat_json.h"
#include "signaling/server/operations.h"
#include "signaling/server/server_state.h"

namespace parlance::signaling::ops {

namespace {

// conversation.get's answer: what is stored, who is online, and the call.
nlohmann::json with_live(const chat::ConversationView& view, const CallHome::Live& live) {
  nlohmann::json ok = to_json(view);
  ok["online"] = nlohmann::json::array();
  for (const chat::Member& member : view.members) {
    if (std::ranges::find(live.online, member.user) != live.online.end()) {
      ok["online"].push_back(member.user.str());
    }
  }
  ok["call"] = live.call ? to_json(*live.call) : nlohmann::json(nullptr);
  return ok;
}

// The live part is with the conversation's owner: ask there, answer here.
void answer_with_live(SignalingThread& thread, const Asker& asker, chat::ConversationView view) {
  SignalingThread& owner = thread.state().owner_of(view.conversation.id);
  const bool posted = owner.post([&thread, &owner, asker, stored = std::move(view)]() mutable {
    const CallHome::Live live = owner.calls().live(stored.conversation.id);
    thread.post([&thread, asker, ok = write_json(with_live(stored, live))] {
      thread.sessions().answer(asker, ok);
    });
  });
  if (!posted) {
    thread.sessions().refuse(asker, {ProblemCode::kUnavailable, "The server is busy.", 1000});
  }
}

chat::Reply<chat::ConversationView> live_answer(const Request& request, bool joins) {
  return [&thread = request.thread, asker = request.asker, joins](
             std::expected<chat::ConversationView, chat::ChatError> view) {
    if (!view) {
      return thread.sessions().refuse(asker, to_problem(view.error()));
    }
    if (joins) {
      thread.sessions().joined(asker.session, view->conversation);
    }
    answer_with_live(thread, asker, std::move(*view));
  };
}

void tell_typing(const Request& request, bool typing) {
  const auto conversation = id_of<chat::ConversationId>(request, "c");
  if (!request.hosted.subscriptions.is_member(conversation)) {
    return request.thread.sessions().refuse(request.asker, to_problem(chat::ChatError::kNotFound));
  }
  const EventPtr event = make_event(EventClass::kEphemeral,
                                    "typing",
                                    conversation,
                                    {{"user", user_of(request).str()}, {"typing", typing}});
  for (const auto& thread : request.thread.state().threads) {
    thread->post([there = thread.get(), conversation, event] {
      there->sessions().tell_conversation(conversation, event);
    });
  }
  request.thread.sessions().answer(request.asker, kNothing);
}

}  // namespace

void session_again(const Request& request) {
  request.thread.sessions().refuse(
      request.asker, {ProblemCode::kConflict, "This connection has its session already."});
}

void sync(const Request& request) {
  chat::SyncQuery query;
  for (const nlohmann::json& cursor : request.d["cursors"]) {
    query.cursors.push_back({chat::ConversationId::parse(cursor["c"].get_ref<const std::string&>())
                                 .value_or(chat::ConversationId{}),
                             cursor["r"].get<chat::Revision>()});
  }
  query.user_r = optional_value<chat::Revision>(request.d, "user_r");
  query.limit = optional_value<std::size_t>(request.d, "limit").value_or(query.limit);
  chat_of(request).sync(user_of(request),
                        std::move(query),
                        request.thread.executor(),
                        chat_answer<chat::SyncPage>(request));
}

void profile_update(const Request& request) {
  chat_of(request).rename_user(user_of(request),
                               request.d["name"].get<std::string>(),
                               request.thread.executor(),
                               named_answer<chat::User>(request, "user"));
}

void conversation_create(const Request& request) {
  chat_of(request).create_conversation(
      user_of(request),
      id_of<chat::ConversationId>(request, "c"),
      {.title = request.d["title"].get<std::string>(),
       .kind = request.d.value("kind", "group") == "channel" ? chat::ConversationKind::kChannel
                                                             : chat::ConversationKind::kGroup},
      request.thread.executor(),
      [&thread = request.thread,
       asker = request.asker](std::expected<chat::ConversationView, chat::ChatError> view) {
        if (!view) {
          return thread.sessions().refuse(asker, to_problem(view.error()));
        }
        thread.sessions().joined(asker.session, view->conversation);
        thread.sessions().answer(asker, write_json(to_json(*view)));
      });
}

void conversation_update(const Request& request) {
  const nlohmann::json settings = request.d.value("settings", nlohmann::json::object());
  chat_of(request).change(
      chat::ConfigureConversation{.asker = user_of(request),
                                  .conversation = id_of<chat::ConversationId>(request, "c"),
                                  .title = optional_value<std::string>(request.d, "title"),
                                  .archived = optional_value<bool>(request.d, "archived"),
                                  .may_post = optional_role(settings, "post"),
                                  .may_call = optional_role(settings, "call")},
      request.thread.executor(),
      named_answer<chat::Conversation>(request, "conversation"));
}

void conversation_get(const Request& request) {
  chat_of(request).get_conversation(user_of(request),
                                    id_of<chat::ConversationId>(request, "c"),
                                    request.thread.executor(),
                                    live_answer(request, false));
}

void conversation_list(const Request& request) {
  chat_of(request).list_conversations(user_of(request),
                                      request.thread.executor(),
                                      chat_answer<chat::ChatService::ConversationList>(request));
}

void invite_accept(const Request& request) {
  chat_of(request).accept_invite(user_of(request),
                                 request.d["code"].get<std::string>(),
                                 request.thread.executor(),
                                 live_answer(request, true));
}

void message_send(const Request& request) {
  chat_of(request).send_message(user_of(request),
                                id_of<chat::ConversationId>(request, "c"),
                                id_of<chat::MessageId>(request, "cmid"),
                                request.d["body"].get<std::string>(),
                                request.thread.executor(),
                                chat_answer<chat::Sent>(request));
}

void message_history(const Request& request) {
  chat::HistoryQuery query;
  query.conversation = id_of<chat::ConversationId>(request, "c");
  query.before_q = optional_value<chat::Number>(request.d, "before_q");
  query.after_q = optional_value<chat::Number>(request.d, "after_q");
  query.limit = optional_value<std::size_t>(request.d, "limit").value_or(query.limit);
  chat_of(request).history(
      user_of(request), query, request.thread.executor(), chat_answer<chat::HistoryPage>(request));
}

void typing_start(const Request& request) {
  tell_typing(request, true);
}

void typing_stop(const Request& request) {
  tell_typing(request, false);
}

}  // namespace parlance::signaling::ops
