#include "signaling/protocol/chat_json.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "signaling/protocol/envelope.h"

namespace parlance::signaling {

namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 5> kRoles{"owner", "admin", "moderator", "member", "guest"};

// The two parts of an event that depend on what happened.
struct EventBody {
  std::string_view ev;
  Json d;
};

EventBody body_of(const chat::ConversationEvent::MessageCreated& what) {
  return {"message.created", {{"message", to_json(what.message)}}};
}

EventBody body_of(const chat::ConversationEvent::MemberJoined& what) {
  return {"member.joined", {{"member", to_json(what.member)}}};
}

EventBody body_of(const chat::ConversationEvent::MemberUpdated& what) {
  return {"member.updated", {{"member", to_json(what.member)}}};
}

EventBody body_of(const chat::ConversationEvent::MemberLeft& what) {
  return {"member.left", {{"user", what.user.str()}}};
}

Json settings_json(const chat::ConversationProfile& profile) {
  return {{"post", role_name(profile.may_post)}, {"call", role_name(profile.may_call)}};
}

EventBody body_of(const chat::ConversationEvent::ProfileChanged& what) {
  return {"conversation.updated",
          {{"title", what.profile.title},
           {"archived", what.profile.archived},
           {"settings", settings_json(what.profile)}}};
}

EventBody body_of(const chat::UserEvent::ConversationAdded& what) {
  return {"conversation.added", {{"conversation", to_json(what.conversation)}}};
}

EventBody body_of(const chat::UserEvent::ConversationRemoved& what) {
  return {"conversation.removed", {{"c", what.conversation.str()}}};
}

EventBody body_of(const chat::UserEvent::ProfileChanged& what) {
  return {"profile.updated", {{"name", what.name}}};
}

Json event_json(const chat::ConversationEvent& event) {
  EventBody body = std::visit([](const auto& what) { return body_of(what); }, event.what);
  Json object = {
      {"ev", body.ev}, {"c", event.conversation.str()}, {"r", event.r}, {"d", std::move(body.d)}};
  if (const auto* created = std::get_if<chat::ConversationEvent::MessageCreated>(&event.what)) {
    object["q"] = created->message.q;
  }
  return object;
}

Json event_json(const chat::UserEvent& event) {
  EventBody body = std::visit([](const auto& what) { return body_of(what); }, event.what);
  return {{"ev", body.ev}, {"r", event.r}, {"d", std::move(body.d)}};
}

template <typename T>
Json array_of(const std::vector<T>& values) {
  Json array = Json::array();
  for (const T& value : values) {
    array.push_back(to_json(value));
  }
  return array;
}

}  // namespace

std::string_view role_name(chat::Role role) {
  return kRoles[static_cast<std::size_t>(role)];
}

std::optional<chat::Role> role_named(std::string_view name) {
  const auto found = std::ranges::find(kRoles, name);
  return found == kRoles.end() ? std::nullopt
                               : std::optional(static_cast<chat::Role>(found - kRoles.begin()));
}

std::string_view kind_name(chat::ConversationKind kind) {
  constexpr std::array<std::string_view, 3> kNames{"group", "channel", "direct"};
  return kNames[static_cast<std::size_t>(kind)];
}

Json to_json(const chat::User& user) {
  return {{"id", user.id.str()}, {"name", user.name}, {"guest", user.guest}};
}

nlohmann::json user_json(const chat::Identity& identity) {
  return to_json(chat::User{identity.user, identity.name, identity.guest, 0});
}

Json to_json(const chat::Member& member) {
  return {{"user", member.user.str()},
          {"name", member.name},
          {"role", role_name(member.role)},
          {"joined_at", member.joined_at},
          {"visible_from", member.visible_from},
          {"muted", member.muted}};
}

Json to_json(const chat::Conversation& conversation) {
  return {{"id", conversation.id.str()},
          {"kind", kind_name(conversation.kind)},
          {"title", conversation.profile.title},
          {"archived", conversation.profile.archived},
          {"settings", settings_json(conversation.profile)},
          {"invite_code", conversation.invite_code},
          {"created_at", conversation.created_at},
          {"last_q", conversation.last_q},
          {"last_r", conversation.last_r}};
}

Json to_json(const chat::Message& message) {
  return {{"m", message.id.str()},
          {"c", message.conversation.str()},
          {"q", message.q},
          {"r", message.r},
          {"sender", message.sender.str()},
          {"body", message.body},
          {"at", message.at}};
}

Json to_json(const chat::Invite& invite) {
  Json object = {{"invite", invite.id.str()},
                 {"code", invite.code},
                 {"creator", invite.creator.str()},
                 {"created_at", invite.created_at},
                 {"uses", invite.uses}};
  if (invite.expires_at != 0) {
    object["expires_at"] = invite.expires_at;
  }
  if (invite.max_uses != 0) {
    object["max_uses"] = invite.max_uses;
  }
  return object;
}

Json to_json(const std::vector<chat::Invite>& invites) {
  return array_of(invites);
}

Json to_json(const std::vector<chat::Member>& members) {
  return array_of(members);
}

Json to_json(const std::vector<chat::UserId>& users) {
  Json array = Json::array();
  for (const chat::UserId& user : users) {
    array.push_back(user.str());
  }
  return array;
}

Json to_json(const chat::ConversationView& view) {
  return {{"conversation", to_json(view.conversation)}, {"members", array_of(view.members)}};
}

Json to_json(const chat::ConversationList& list) {
  return {{"conversations", array_of(list.conversations)}, {"user_r", list.user_r}};
}

Json to_json(const chat::Sent& sent) {
  return {{"m", sent.message.id.str()},
          {"q", sent.message.q},
          {"r", sent.message.r},
          {"at", sent.message.at},
          {"dup", sent.duplicate}};
}

Json to_json(const chat::HistoryPage& page) {
  return {{"messages", array_of(page.messages)}, {"has_more", page.has_more}};
}

Json to_json(const chat::SyncPage& page) {
  Json object = {{"events", array_of(page.events)},
                 {"cursors", Json::array()},
                 {"gone", Json::array()},
                 {"has_more", page.has_more}};
  for (const chat::Cursor& cursor : page.cursors) {
    object["cursors"].push_back({{"c", cursor.conversation.str()}, {"r", cursor.r}});
  }
  for (const chat::ConversationId& gone : page.gone) {
    object["gone"].push_back(gone.str());
  }
  if (page.user_r) {
    object["user_r"] = *page.user_r;
  }
  return object;
}

Json to_json(const chat::Event& event) {
  return std::visit([](const auto& one) { return event_json(one); }, event);
}

EventPtr share(const chat::Event& event) {
  return std::make_shared<const SharedEvent>(
      SharedEvent{EventClass::kDurable, write_json(to_json(event)).substr(1)});
}

EventPtr make_event(EventClass event_class,
                    std::string_view ev,
                    const std::optional<chat::ConversationId>& conversation,
                    const Json& d) {
  Json object = {{"ev", ev}, {"d", d}};
  if (conversation) {
    object["c"] = conversation->str();
  }
  return std::make_shared<const SharedEvent>(
      SharedEvent{event_class, write_json(object).substr(1)});
}

nlohmann::json devices_json(const std::vector<chat::DeviceState>& devices,
                            const chat::DeviceId& own) {
  Json list = Json::array();
  for (const chat::DeviceState& device : devices) {
    list.push_back({{"id", device.id.str()},
                    {"name", device.name},
                    {"created_at", device.created_at},
                    {"last_used_at", device.last_used_at},
                    {"current", device.id == own}});
  }
  return {{"devices", std::move(list)}};
}

nlohmann::json to_json(const std::vector<chat::FoundUser>& users) {
  Json list = Json::array();
  for (const chat::FoundUser& user : users) {
    list.push_back({{"id", user.id.str()}, {"login", user.login}, {"name", user.name}});
  }
  return {{"users", std::move(list)}};
}

Problem to_problem(chat::ChatError error) {
  switch (error) {
    case chat::ChatError::kNotFound:
      return {ProblemCode::kNotFound, "There is no such thing, or none that you may know of."};
    case chat::ChatError::kForbidden:
      return {ProblemCode::kForbidden, "Your role does not allow that."};
    case chat::ChatError::kInvalid:
      return {ProblemCode::kInvalid, "A text is empty, too long, or holds control characters."};
    case chat::ChatError::kUnauthenticated:
      return {ProblemCode::kAuthInvalid, "The token is not valid."};
    case chat::ChatError::kConflict:
      return {ProblemCode::kConflict, "That id is taken by something else."};
    case chat::ChatError::kTooMany:
      return {ProblemCode::kLimitReached,
              "The conversation has as many members as it may have, or you are in as many "
              "conversations as you may be."};
    case chat::ChatError::kWeakPassword:
      return {ProblemCode::kPasswordWeak,
              "A password has from 8 to 256 characters and is not one of those that everybody "
              "tries first."};
    case chat::ChatError::kBusy:
      return {ProblemCode::kUnavailable, "Too many are signing in at once.", 2000};
    case chat::ChatError::kUnavailable:
      return {ProblemCode::kUnavailable, "The store is busy.", 1000};
  }
  return {ProblemCode::kInternal, {}};
}

}  // namespace parlance::signaling
