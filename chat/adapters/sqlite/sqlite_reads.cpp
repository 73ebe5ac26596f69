#include "chat/adapters/sqlite/sqlite_reads.h"

#include <algorithm>
#include <utility>

#include "chat/adapters/sqlite/event_kinds.h"

namespace parlance::chat {

namespace {

// A row cut off by a failure must not be used.
template <typename Value>
std::optional<Value> unless_failed(const Connection& connection, Value value) {
  return connection.failed() ? std::nullopt : std::optional<Value>(std::move(value));
}

template <typename Value>
std::vector<Value> unless_failed(const Connection& connection, std::vector<Value> values) {
  return connection.failed() ? std::vector<Value>{} : std::move(values);
}

// archived, may_post, may_call
void read_settings(Execution& row, ConversationProfile& profile) {
  profile.archived = row.integer() != 0;
  profile.may_post = static_cast<Role>(row.integer());
  profile.may_call = static_cast<Role>(row.integer());
}

// id, title, invite_code, created_at, last_q, last_r, kind, archived, may_post, may_call
Conversation read_conversation(Execution& row) {
  Conversation conversation;
  conversation.id = row.id<ConversationId>();
  conversation.profile.title = row.text();
  conversation.invite_code = row.text();
  conversation.created_at = row.integer();
  conversation.last_q = row.integer();
  conversation.last_r = row.integer();
  conversation.kind = static_cast<ConversationKind>(row.integer());
  read_settings(row, conversation.profile);
  return conversation;
}

// user, name, role, joined_at, visible_from, muted
Member read_member(Execution& row) {
  Member member;
  member.user = row.id<UserId>();
  member.name = row.text();
  member.role = static_cast<Role>(row.integer());
  member.joined_at = row.integer();
  member.visible_from = row.integer();
  member.muted = row.integer() != 0;
  return member;
}

// id, conversation, code, creator, created_at, expires_at, max_uses, uses
Invite read_invite(Execution& row) {
  Invite invite;
  invite.id = row.id<InviteId>();
  invite.conversation = row.id<ConversationId>();
  invite.code = row.text();
  invite.creator = row.id<UserId>();
  invite.created_at = row.integer();
  invite.expires_at = row.integer();
  invite.max_uses = row.integer();
  invite.uses = row.integer();
  return invite;
}

// id, q, r, sender, body, at
Message read_message(Execution& row, ConversationId conversation) {
  Message message;
  message.id = row.id<MessageId>();
  message.conversation = conversation;
  message.q = row.integer();
  message.r = row.integer();
  message.sender = row.id<UserId>();
  message.body = row.text();
  message.at = row.integer();
  return message;
}

std::optional<ConversationRecord> read_record(Connection& connection, Execution& found) {
  if (!found.row()) {
    return std::nullopt;
  }
  ConversationRecord record;
  record.conversation = read_conversation(found);
  record.creator = found.id<UserId>();
  return unless_failed(connection, std::move(record));
}

// The columns of a member, of settings, then of the message
decltype(ConversationEvent::what) read_what(Execution& row,
                                            ConversationEventKind kind,
                                            ConversationId conversation) {
  constexpr int kMemberColumns = 6;
  constexpr int kSettingsColumns = 3;
  switch (kind) {
    case ConversationEventKind::kMessageCreated:
      row.skip(kMemberColumns + kSettingsColumns);
      return ConversationEvent::MessageCreated{.message = read_message(row, conversation)};
    case ConversationEventKind::kMemberJoined:
      return ConversationEvent::MemberJoined{.member = read_member(row)};
    case ConversationEventKind::kMemberUpdated:
      return ConversationEvent::MemberUpdated{.member = read_member(row)};
    case ConversationEventKind::kMemberLeft:
      return ConversationEvent::MemberLeft{.user = row.id<UserId>()};
    case ConversationEventKind::kProfileChanged: {
      ConversationEvent::ProfileChanged changed;
      row.skip(1);
      changed.profile.title = row.text();
      row.skip(kMemberColumns - 2);
      read_settings(row, changed.profile);
      return changed;
    }
  }
  return ConversationEvent::ProfileChanged{};
}

decltype(UserEvent::what) read_what(Execution& row, UserEventKind kind) {
  switch (kind) {
    case UserEventKind::kConversationAdded:
      return UserEvent::ConversationAdded{.conversation = read_conversation(row)};
    case UserEventKind::kConversationRemoved:
      return UserEvent::ConversationRemoved{.conversation = row.id<ConversationId>()};
    case UserEventKind::kProfileChanged:
      row.skip(1);
      return UserEvent::ProfileChanged{.name = row.text()};
  }
  return UserEvent::ProfileChanged{};
}

}  // namespace

std::optional<UserHead> SqliteReads::user(UserId id) {
  Execution found(connection_, "SELECT name, guest, created_at, last_r FROM users WHERE id = ?");
  if (!found.bind(id).row()) {
    return std::nullopt;
  }
  UserHead head;
  head.user.id = id;
  head.user.name = found.text();
  head.user.guest = found.integer() != 0;
  head.user.created_at = found.integer();
  head.last_r = found.integer();
  return unless_failed(connection_, std::move(head));
}

std::optional<Identity> SqliteReads::device_of(const TokenHash& token_hash) {
  Execution found(connection_,
                  "SELECT u.id, d.id, u.name, u.guest FROM devices d JOIN users u ON u.id = d.user "
                  "WHERE d.guest_token_hash = ?");
  if (!found.bind(token_hash).row()) {
    return std::nullopt;
  }
  Identity identity;
  identity.user = found.id<UserId>();
  identity.device = found.id<DeviceId>();
  identity.name = found.text();
  identity.guest = found.integer() != 0;
  return unless_failed(connection_, std::move(identity));
}

std::optional<ConversationRecord> SqliteReads::conversation(ConversationId id) {
  Execution found(connection_,
                  "SELECT id, title, invite_code, created_at, last_q, last_r, kind, archived, "
                  "may_post, may_call, creator FROM conversations WHERE id = ?");
  return read_record(connection_, found.bind(id));
}

std::optional<ConversationRecord> SqliteReads::conversation_invited_by(
    std::string_view invite_code) {
  Execution found(connection_,
                  "SELECT id, title, invite_code, created_at, last_q, last_r, kind, archived, "
                  "may_post, may_call, creator FROM conversations WHERE invite_code = ?");
  return read_record(connection_, found.bind(invite_code));
}

std::optional<Member> SqliteReads::member(ConversationId conversation, UserId user) {
  Execution found(connection_,
                  "SELECT m.user, u.name, m.role, m.joined_at, m.visible_from, m.muted "
                  "FROM members m JOIN users u ON u.id = m.user "
                  "WHERE m.conversation = ? AND m.user = ?");
  if (!found.bind(conversation).bind(user).row()) {
    return std::nullopt;
  }
  return unless_failed(connection_, read_member(found));
}

std::vector<Member> SqliteReads::members(ConversationId conversation) {
  Execution found(connection_,
                  "SELECT m.user, u.name, m.role, m.joined_at, m.visible_from, m.muted "
                  "FROM members m JOIN users u ON u.id = m.user "
                  "WHERE m.conversation = ? ORDER BY m.joined_at, m.user");
  found.bind(conversation);
  std::vector<Member> members;
  while (found.row()) {
    members.push_back(read_member(found));
  }
  return unless_failed(connection_, std::move(members));
}

std::vector<Conversation> SqliteReads::conversations_of(UserId user) {
  Execution found(connection_,
                  "SELECT c.id, c.title, c.invite_code, c.created_at, c.last_q, c.last_r, "
                  "c.kind, c.archived, c.may_post, c.may_call "
                  "FROM members m JOIN conversations c ON c.id = m.conversation "
                  "WHERE m.user = ? ORDER BY m.conversation");
  found.bind(user);
  std::vector<Conversation> conversations;
  while (found.row()) {
    conversations.push_back(read_conversation(found));
  }
  return unless_failed(connection_, std::move(conversations));
}

bool SqliteReads::is_banned(ConversationId conversation, UserId user) {
  Execution found(connection_, "SELECT 1 FROM bans WHERE conversation = ? AND user = ?");
  return found.bind(conversation).bind(user).row();
}

std::vector<UserId> SqliteReads::banned(ConversationId conversation) {
  Execution found(connection_, "SELECT user FROM bans WHERE conversation = ? ORDER BY user");
  found.bind(conversation);
  std::vector<UserId> users;
  while (found.row()) {
    users.push_back(found.id<UserId>());
  }
  return unless_failed(connection_, std::move(users));
}

std::optional<Invite> SqliteReads::invite(InviteId id) {
  Execution found(connection_,
                  "SELECT id, conversation, code, creator, created_at, expires_at, max_uses, uses "
                  "FROM invites WHERE id = ?");
  if (!found.bind(id).row()) {
    return std::nullopt;
  }
  return unless_failed(connection_, read_invite(found));
}

std::optional<Invite> SqliteReads::invite_by_code(std::string_view code) {
  Execution found(connection_,
                  "SELECT id, conversation, code, creator, created_at, expires_at, max_uses, uses "
                  "FROM invites WHERE code = ?");
  if (!found.bind(code).row()) {
    return std::nullopt;
  }
  return unless_failed(connection_, read_invite(found));
}

std::vector<Invite> SqliteReads::invites(ConversationId conversation) {
  Execution found(connection_,
                  "SELECT id, conversation, code, creator, created_at, expires_at, max_uses, uses "
                  "FROM invites WHERE conversation = ? ORDER BY id");
  found.bind(conversation);
  std::vector<Invite> invites;
  while (found.row()) {
    invites.push_back(read_invite(found));
  }
  return unless_failed(connection_, std::move(invites));
}

std::optional<Message> SqliteReads::message(ConversationId conversation, MessageId cmid) {
  Execution found(connection_,
                  "SELECT id, q, r, sender, body, at FROM messages "
                  "WHERE conversation = ? AND id = ?");
  if (!found.bind(conversation).bind(cmid).row()) {
    return std::nullopt;
  }
  return unless_failed(connection_, read_message(found, conversation));
}

std::vector<Message> SqliteReads::messages(const MessageRange& range) {
  Execution found(connection_,
                  range.newest ? "SELECT id, q, r, sender, body, at FROM messages WHERE "
                                 "conversation = ? AND q BETWEEN ? AND ? ORDER BY q DESC LIMIT ?"
                               : "SELECT id, q, r, sender, body, at FROM messages WHERE "
                                 "conversation = ? AND q BETWEEN ? AND ? ORDER BY q LIMIT ?");
  found.bind(range.conversation)
      .bind(range.from_q)
      .bind(range.to_q)
      .bind(static_cast<std::int64_t>(range.limit));
  std::vector<Message> messages;
  while (found.row()) {
    messages.push_back(read_message(found, range.conversation));
  }
  if (range.newest) {
    std::ranges::reverse(messages);
  }
  return unless_failed(connection_, std::move(messages));
}

std::vector<ConversationEvent> SqliteReads::events(ConversationId conversation,
                                                   Revision after,
                                                   std::size_t limit) {
  Execution found(
      connection_,
      "SELECT e.r, e.at, e.kind, e.user, e.text, e.role, e.joined_at, e.visible_from, "
      "e.muted, e.archived, e.may_post, e.may_call, m.id, m.q, m.r, m.sender, m.body, m.at "
      "FROM conversation_events e "
      "LEFT JOIN messages m ON m.conversation = e.conversation AND m.q = e.q "
      "WHERE e.conversation = ? AND e.r > ? ORDER BY e.r LIMIT ?");
  found.bind(conversation).bind(after).bind(static_cast<std::int64_t>(limit));
  std::vector<ConversationEvent> events;
  while (found.row()) {
    ConversationEvent& event = events.emplace_back();
    event.conversation = conversation;
    event.r = found.integer();
    event.at = found.integer();
    const auto kind = static_cast<ConversationEventKind>(found.integer());
    event.what = read_what(found, kind, conversation);
  }
  return unless_failed(connection_, std::move(events));
}

std::vector<UserEvent> SqliteReads::user_events(UserId user, Revision after, std::size_t limit) {
  Execution found(
      connection_,
      "SELECT r, at, kind, conversation, text, invite_code, created_at, last_q, last_r, "
      "coalesce(conversation_kind, 0), coalesce(archived, 0), coalesce(may_post, 4), "
      "coalesce(may_call, 4) FROM user_events WHERE user = ? AND r > ? ORDER BY r LIMIT ?");
  found.bind(user).bind(after).bind(static_cast<std::int64_t>(limit));
  std::vector<UserEvent> events;
  while (found.row()) {
    UserEvent& event = events.emplace_back();
    event.user = user;
    event.r = found.integer();
    event.at = found.integer();
    const auto kind = static_cast<UserEventKind>(found.integer());
    event.what = read_what(found, kind);
  }
  return unless_failed(connection_, std::move(events));
}

}  // namespace parlance::chat
