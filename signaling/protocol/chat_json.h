// The messenger's nouns and events as JSON of docs/protocol.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "chat/domain/account.h"
#include "chat/domain/types.h"
#include "chat/service/chat_service.h"
#include "signaling/protocol/problem.h"
#include "signaling/session/shared_event.h"

namespace parlance::signaling {

std::string_view role_name(chat::Role role);
std::optional<chat::Role> role_named(std::string_view name);
std::string_view kind_name(chat::ConversationKind kind);

nlohmann::json to_json(const chat::User& user);
// The user that a device is of.
nlohmann::json user_json(const chat::Identity& identity);
nlohmann::json to_json(const chat::Member& member);
nlohmann::json to_json(const chat::Conversation& conversation);
nlohmann::json to_json(const chat::Message& message);
nlohmann::json to_json(const chat::Invite& invite);
nlohmann::json to_json(const std::vector<chat::Invite>& invites);
nlohmann::json to_json(const std::vector<chat::Member>& members);
nlohmann::json to_json(const std::vector<chat::UserId>& users);

// `conversation` and `members` of conversation.create, conversation.get and invite.accept.
nlohmann::json to_json(const chat::ConversationView& view);
nlohmann::json to_json(const chat::ConversationList& list);
nlohmann::json to_json(const chat::Sent& sent);
nlohmann::json to_json(const chat::HistoryPage& page);
nlohmann::json to_json(const chat::SyncPage& page);

// The answer of device.list; `own` is the device that asks.
nlohmann::json devices_json(const std::vector<chat::DeviceState>& devices,
                            const chat::DeviceId& own);
// The answer of user.search.
nlohmann::json to_json(const std::vector<chat::FoundUser>& users);

// A durable event, without `s`: {"ev":...,"c":...,"q":...,"r":...,"d":{...}}.
nlohmann::json to_json(const chat::Event& event);

// The same, ready to be shared between sessions.
EventPtr share(const chat::Event& event);

// An event that no store knows: of calls, typing, presence. Without `c` when there is no
// conversation.
EventPtr make_event(EventClass event_class,
                    std::string_view ev,
                    const std::optional<chat::ConversationId>& conversation,
                    const nlohmann::json& d);

Problem to_problem(chat::ChatError error);

}  // namespace parlance::signaling
