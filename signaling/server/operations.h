// What carries out each operation of docs/protocol.md, and what these share.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <utility>

#include "chat/service/chat_service.h"
#include "signaling/protocol/chat_json.h"
#include "signaling/protocol/envelope.h"
#include "signaling/protocol/problem.h"
#include "signaling/server/dispatch.h"
#include "signaling/server/server_state.h"
#include "signaling/server/sessions.h"
#include "signaling/server/signaling_thread.h"

namespace parlance::signaling::ops {

void session_again(const Request& request);
void sync(const Request& request);
void profile_update(const Request& request);
void device_list(const Request& request);
void device_logout(const Request& request);
void user_search(const Request& request);
void conversation_create(const Request& request);
void conversation_update(const Request& request);
void member_update(const Request& request);
void conversation_get(const Request& request);
void conversation_list(const Request& request);
void invite_accept(const Request& request);
void invite_create(const Request& request);
void invite_list(const Request& request);
void invite_revoke(const Request& request);
void member_add(const Request& request);
void member_ban(const Request& request);
void member_bans(const Request& request);
void member_unban(const Request& request);
void member_remove(const Request& request);
void message_send(const Request& request);
void message_history(const Request& request);
void typing_start(const Request& request);
void typing_stop(const Request& request);

void router_capabilities(const Request& request);
void call_join(const Request& request);
void call_leave(const Request& request);
void call_get(const Request& request);
void call_lock(const Request& request);
void call_mute(const Request& request);
void call_remove(const Request& request);
void transport_connect(const Request& request);
void transport_restart(const Request& request);
void transport_stats(const Request& request);
void producer_create(const Request& request);
void producer_pause(const Request& request);
void producer_resume(const Request& request);
void producer_close(const Request& request);
void consumer_pause(const Request& request);
void consumer_resume(const Request& request);
void consumer_key_frame(const Request& request);

inline constexpr const char* kNothing = "{}";

// An id of the request; the schema has said that it is there and is one.
template <typename IdType>
IdType id_of(const Request& request, const char* name) {
  return IdType::parse(request.d[name].get_ref<const std::string&>()).value_or(IdType{});
}

inline const chat::UserId& user_of(const Request& request) {
  return request.hosted.session.identity().user;
}

inline chat::ChatService& chat_of(const Request& request) {
  return request.thread.state().dependencies.chat;
}

template <typename T>
std::optional<T> optional_value(const nlohmann::json& d, const char* name) {
  const auto found = d.find(name);
  return found == d.end() ? std::nullopt : std::optional<T>(found->get<T>());
}

inline std::optional<chat::Role> optional_role(const nlohmann::json& d, const char* name) {
  const auto text = optional_value<std::string>(d, name);
  return text ? role_named(*text) : std::nullopt;
}

// The chat's answer as the client's.
template <typename T>
chat::Reply<T> chat_answer(const Request& request) {
  return
      [&thread = request.thread, asker = request.asker](std::expected<T, chat::ChatError> result) {
        if (!result) {
          return thread.sessions().refuse(asker, to_problem(result.error()));
        }
        if constexpr (std::is_void_v<T>) {
          thread.sessions().answer(asker, kNothing);
        } else {
          thread.sessions().answer(asker, write_json(to_json(*result)));
        }
      };
}

// The answer as the only member of an object.
template <typename T>
chat::Reply<T> named_answer(const Request& request, const char* name) {
  return [&thread = request.thread, asker = request.asker, name](
             std::expected<T, chat::ChatError> result) {
    if (!result) {
      return thread.sessions().refuse(asker, to_problem(result.error()));
    }
    thread.sessions().answer(asker, write_json({{name, to_json(*result)}}));
  };
}

}  // namespace parlance::signaling::ops
