#include "chat/adapters/sqlite/sqlite_writes.h"

#include <cstdint>
#include <variant>

#include "chat/adapters/sqlite/event_kinds.h"

namespace parlance::chat {

namespace {

constexpr const char* kMemberEvent =
    "INSERT INTO conversation_events "
    "(conversation, r, at, kind, user, text, role, joined_at, visible_from, muted) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

template <typename Kind>
constexpr std::int64_t number(Kind kind) {
  return static_cast<std::int64_t>(kind);
}

void insert_member_event(Connection& connection,
                         const ConversationEvent& event,
                         ConversationEventKind kind,
                         const Member& member) {
  Execution(connection, kMemberEvent)
      .bind(event.conversation)
      .bind(event.r)
      .bind(event.at)
      .bind(number(kind))
      .bind(member.user)
      .bind(member.name)
      .bind(number(member.role))
      .bind(member.joined_at)
      .bind(member.visible_from)
      .bind(std::int64_t{member.muted})
      .run();
}

// The columns archived, may_post and may_call, that three tables have.
Execution& bind_settings(Execution& execution, const ConversationProfile& profile) {
  return execution.bind(std::int64_t{profile.archived})
      .bind(number(profile.may_post))
      .bind(number(profile.may_call));
}

}  // namespace

void SqliteWrites::add_user(const User& user, const Device& device) {
  add_user(user);
  Execution(connection_,
            "INSERT INTO devices (id, user, guest_token_hash, name, created_at, last_used_at, "
            "token_number) VALUES (?, ?, ?, '', ?, ?, 0)")
      .bind(device.id)
      .bind(device.user)
      .bind(device.token_hash)
      .bind(device.created_at)
      .bind(device.created_at)
      .run();
}

void SqliteWrites::rename_user(UserId id, std::string_view name) {
  const int changed =
      Execution(connection_, "UPDATE users SET name = ? WHERE id = ?").bind(name).bind(id).run();
  if (changed != 1) {
    connection_.refuse("a user to rename isn't there");
  }
}

void SqliteWrites::add_conversation(const ConversationRecord& record) {
  const Conversation& conversation = record.conversation;
  Execution insert(connection_,
                   "INSERT INTO conversations (id, creator, kind, title, invite_code, created_at, "
                   "archived, may_post, may_call) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(conversation.id)
      .bind(record.creator)
      .bind(number(conversation.kind))
      .bind(conversation.profile.title)
      .bind(conversation.invite_code)
      .bind(conversation.created_at);
  bind_settings(insert, conversation.profile).run();
}

void SqliteWrites::put(ConversationId conversation, const Member& member) {
  Execution(connection_,
            "INSERT INTO members (conversation, user, role, joined_at, visible_from, muted) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (conversation, user) DO UPDATE SET "
            "role = excluded.role, visible_from = excluded.visible_from, muted = excluded.muted")
      .bind(conversation)
      .bind(member.user)
      .bind(number(member.role))
      .bind(member.joined_at)
      .bind(member.visible_from)
      .bind(std::int64_t{member.muted})
      .run();
}

void SqliteWrites::erase(ConversationId conversation, UserId user) {
  Execution(connection_, "DELETE FROM members WHERE conversation = ? AND user = ?")
      .bind(conversation)
      .bind(user)
      .run();
}

void SqliteWrites::set_banned(ConversationId conversation, UserId user, bool banned) {
  Execution(connection_,
            banned ? "INSERT OR IGNORE INTO bans (conversation, user) VALUES (?, ?)"
                   : "DELETE FROM bans WHERE conversation = ? AND user = ?")
      .bind(conversation)
      .bind(user)
      .run();
}

void SqliteWrites::put(const Invite& invite) {
  Execution(connection_,
            "INSERT INTO invites (id, conversation, code, creator, created_at, expires_at, "
            "max_uses, uses) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET uses = excluded.uses")
      .bind(invite.id)
      .bind(invite.conversation)
      .bind(invite.code)
      .bind(invite.creator)
      .bind(invite.created_at)
      .bind(invite.expires_at)
      .bind(invite.max_uses)
      .bind(invite.uses)
      .run();
}

void SqliteWrites::erase(InviteId id) {
  Execution(connection_, "DELETE FROM invites WHERE id = ?").bind(id).run();
}

void SqliteWrites::append(const ConversationEvent& event) {
  const bool message = std::holds_alternative<ConversationEvent::MessageCreated>(event.what);
  advance(event, message ? 1 : 0);
  std::visit([&](const auto& what) { store(event, what); }, event.what);
}

// The head is where two writers would meet: it moves by one or not at all.
void SqliteWrites::advance(const ConversationEvent& event, Number messages) {
  const int changed = Execution(connection_,
                                "UPDATE conversations SET last_r = last_r + 1, last_q = last_q + ? "
                                "WHERE id = ? AND last_r + 1 = ?")
                          .bind(messages)
                          .bind(event.conversation)
                          .bind(event.r)
                          .run();
  if (changed != 1) {
    connection_.refuse("a revision isn't the next of its conversation");
  }
}

void SqliteWrites::store(const ConversationEvent& event,
                         const ConversationEvent::MessageCreated& created) {
  store_message(created.message);
  Execution(connection_,
            "INSERT INTO conversation_events (conversation, r, at, kind, q) VALUES (?, ?, ?, ?, ?)")
      .bind(event.conversation)
      .bind(event.r)
      .bind(event.at)
      .bind(number(ConversationEventKind::kMessageCreated))
      .bind(created.message.q)
      .run();
}

void SqliteWrites::store_message(const Message& message) {
  // Its number has to be the head's, which has moved already.
  const int changed = Execution(connection_,
                                "INSERT INTO messages (conversation, q, id, r, sender, at, body) "
                                "SELECT c.id, c.last_q, ?, c.last_r, ?, ?, ? FROM conversations c "
                                "WHERE c.id = ? AND c.last_q = ?")
                          .bind(message.id)
                          .bind(message.sender)
                          .bind(message.at)
                          .bind(message.body)
                          .bind(message.conversation)
                          .bind(message.q)
                          .run();
  if (changed != 1) {
    connection_.refuse("a message isn't the next of its conversation");
  }
}

void SqliteWrites::store(const ConversationEvent& event,
                         const ConversationEvent::MemberJoined& joined) {
  insert_member_event(connection_, event, ConversationEventKind::kMemberJoined, joined.member);
}

void SqliteWrites::store(const ConversationEvent& event,
                         const ConversationEvent::MemberUpdated& updated) {
  insert_member_event(connection_, event, ConversationEventKind::kMemberUpdated, updated.member);
}

void SqliteWrites::store(const ConversationEvent& event,
                         const ConversationEvent::MemberLeft& left) {
  Execution(connection_,
            "INSERT INTO conversation_events (conversation, r, at, kind, user) "
            "VALUES (?, ?, ?, ?, ?)")
      .bind(event.conversation)
      .bind(event.r)
      .bind(event.at)
      .bind(number(ConversationEventKind::kMemberLeft))
      .bind(left.user)
      .run();
}

void SqliteWrites::store(const ConversationEvent& event,
                         const ConversationEvent::ProfileChanged& changed) {
  const ConversationProfile& profile = changed.profile;
  Execution update(connection_,
                   "UPDATE conversations SET title = ?, archived = ?, may_post = ?, may_call = ? "
                   "WHERE id = ?");
  update.bind(profile.title);
  bind_settings(update, profile).bind(event.conversation).run();
  Execution insert(connection_,
                   "INSERT INTO conversation_events "
                   "(conversation, r, at, kind, text, archived, may_post, may_call) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(event.conversation)
      .bind(event.r)
      .bind(event.at)
      .bind(number(ConversationEventKind::kProfileChanged))
      .bind(profile.title);
  bind_settings(insert, profile).run();
}

void SqliteWrites::append(const UserEvent& event) {
  const int changed =
      Execution(connection_, "UPDATE users SET last_r = last_r + 1 WHERE id = ? AND last_r + 1 = ?")
          .bind(event.user)
          .bind(event.r)
          .run();
  if (changed != 1) {
    connection_.refuse("a revision isn't the next of its user's stream");
    return;
  }
  Execution insert(connection_,
                   "INSERT INTO user_events (user, r, at, kind, conversation, text, invite_code, "
                   "created_at, last_q, last_r, conversation_kind, archived, may_post, may_call) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(event.user).bind(event.r).bind(event.at);
  if (const auto* added = std::get_if<UserEvent::ConversationAdded>(&event.what)) {
    insert.bind(number(UserEventKind::kConversationAdded))
        .bind(added->conversation.id)
        .bind(added->conversation.profile.title)
        .bind(added->conversation.invite_code)
        .bind(added->conversation.created_at)
        .bind(added->conversation.last_q)
        .bind(added->conversation.last_r)
        .bind(number(added->conversation.kind));
    bind_settings(insert, added->conversation.profile);
  } else if (const auto* removed = std::get_if<UserEvent::ConversationRemoved>(&event.what)) {
    insert.bind(number(UserEventKind::kConversationRemoved)).bind(removed->conversation);
  } else if (const auto* profile = std::get_if<UserEvent::ProfileChanged>(&event.what)) {
    insert.bind(number(UserEventKind::kProfileChanged)).null().bind(profile->name);
  }
  insert.run();
}

}  // namespace parlance::chat
