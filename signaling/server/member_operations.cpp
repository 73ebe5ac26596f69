// Who is in a conversation, and how one gets in.
#include "signaling/protocol/chat_json.h"
#include "signaling/server/operations.h"
#include "signaling/server/secure_random.h"

namespace parlance::signaling::ops {

namespace {

constexpr std::size_t kInviteCodeBytes = 16;

void ban(const Request& request, bool banned) {
  chat_of(request).change(chat::BanMember{.asker = user_of(request),
                                          .conversation = id_of<chat::ConversationId>(request, "c"),
                                          .member = id_of<chat::UserId>(request, "user"),
                                          .banned = banned},
                          request.thread.executor(),
                          chat_answer<void>(request));
}

}  // namespace

void member_update(const Request& request) {
  chat_of(request).change(
      chat::ChangeMember{.asker = user_of(request),
                         .conversation = id_of<chat::ConversationId>(request, "c"),
                         .member = id_of<chat::UserId>(request, "user"),
                         .role = optional_role(request.d, "role"),
                         .muted = optional_value<bool>(request.d, "muted")},
      request.thread.executor(),
      named_answer<chat::Member>(request, "member"));
}

void invite_create(const Request& request) {
  chat_of(request).change(
      chat::CreateInvite{
          .asker = user_of(request),
          .conversation = id_of<chat::ConversationId>(request, "c"),
          .id = id_of<chat::InviteId>(request, "invite"),
          .code = random_token(kInviteCodeBytes),
          .expires_at = optional_value<UnixMillis>(request.d, "expires_at").value_or(0),
          .max_uses = optional_value<std::int64_t>(request.d, "max_uses").value_or(0)},
      request.thread.executor(),
      named_answer<chat::Invite>(request, "invite"));
}

void invite_revoke(const Request& request) {
  chat_of(request).change(
      chat::RevokeInvite{.asker = user_of(request),
                         .conversation = id_of<chat::ConversationId>(request, "c"),
                         .id = id_of<chat::InviteId>(request, "invite")},
      request.thread.executor(),
      chat_answer<void>(request));
}

void invite_list(const Request& request) {
  chat_of(request).ask<std::vector<chat::Invite>>(
      [asker = user_of(request), c = id_of<chat::ConversationId>(request, "c")](
          chat::Queries& queries) { return queries.invites(asker, c); },
      request.thread.executor(),
      named_answer<std::vector<chat::Invite>>(request, "invites"));
}

void member_add(const Request& request) {
  chat::AddMembers add{.asker = user_of(request),
                       .conversation = id_of<chat::ConversationId>(request, "c"),
                       .users = {}};
  for (const nlohmann::json& user : request.d["users"]) {
    add.users.push_back(
        chat::UserId::parse(user.get_ref<const std::string&>()).value_or(chat::UserId{}));
  }
  chat_of(request).change(std::move(add),
                          request.thread.executor(),
                          named_answer<std::vector<chat::Member>>(request, "members"));
}

void member_ban(const Request& request) {
  ban(request, true);
}

void member_unban(const Request& request) {
  ban(request, false);
}

void member_bans(const Request& request) {
  chat_of(request).ask<std::vector<chat::UserId>>(
      [asker = user_of(request), c = id_of<chat::ConversationId>(request, "c")](
          chat::Queries& queries) { return queries.banned(asker, c); },
      request.thread.executor(),
      named_answer<std::vector<chat::UserId>>(request, "users"));
}

void member_remove(const Request& request) {
  chat_of(request).remove_member(user_of(request),
                                 id_of<chat::ConversationId>(request, "c"),
                                 id_of<chat::UserId>(request, "user"),
                                 request.thread.executor(),
                                 chat_answer<void>(request));
}

}  // namespace parlance::signaling::ops
