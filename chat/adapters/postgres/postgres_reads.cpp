#include "chat/adapters/postgres/postgres_reads.h"

#include <algorithm>
#include <utility>

#include "chat/adapters/postgres/event_kinds.h"
#include "chat/domain/text_rules.h"

namespace parlance::chat::postgres {

namespace {

constexpr Statement kUser = {
    "read_user", "SELECT id, name, guest::int, created_at, last_r FROM users WHERE id = $1::uuid"};

constexpr Statement kDevice = {
    "read_device",
    "SELECT u.id, d.id, u.name, u.guest::int FROM devices d JOIN users u ON u.id = d.user_id "
    "WHERE d.token_hash = decode($1::text, 'hex')"};

constexpr Statement kConversation = {
    "read_conversation",
    "SELECT id, title, invite_code, created_at, last_q, last_r, kind, archived::int, may_post, "
    "may_call, creator FROM conversations WHERE id = $1::uuid"};

constexpr Statement kInvited = {
    "read_invited",
    "SELECT id, title, invite_code, created_at, last_q, last_r, kind, archived::int, may_post, "
    "may_call, creator FROM conversations WHERE invite_code = $1::text"};

constexpr Statement kMember = {
    "read_member",
    "SELECT m.user_id, u.name, m.role, m.joined_at, m.visible_from, m.muted::int "
    "FROM members m JOIN users u ON u.id = m.user_id "
    "WHERE m.conversation = $1::uuid AND m.user_id = $2::uuid"};

constexpr Statement kMembers = {
    "read_members",
    "SELECT m.user_id, u.name, m.role, m.joined_at, m.visible_from, m.muted::int "
    "FROM members m JOIN users u ON u.id = m.user_id "
    "WHERE m.conversation = $1::uuid ORDER BY m.joined_at, m.user_id"};

constexpr Statement kConversationsOf = {
    "read_conversations_of",
    "SELECT c.id, c.title, c.invite_code, c.created_at, c.last_q, c.last_r, c.kind, "
    "c.archived::int, c.may_post, c.may_call "
    "FROM members m JOIN conversations c ON c.id = m.conversation "
    "WHERE m.user_id = $1::uuid ORDER BY c.id"};

constexpr Statement kIsBanned = {
    "read_is_banned", "SELECT 1 FROM bans WHERE conversation = $1::uuid AND user_id = $2::uuid"};

constexpr Statement kBanned = {
    "read_banned", "SELECT user_id FROM bans WHERE conversation = $1::uuid ORDER BY user_id"};

constexpr Statement kInvite = {
    "read_invite",
    "SELECT id, conversation, code, creator, created_at, expires_at, max_uses, uses "
    "FROM invites WHERE id = $1::uuid"};

constexpr Statement kInviteByCode = {
    "read_invite_by_code",
    "SELECT id, conversation, code, creator, created_at, expires_at, max_uses, uses "
    "FROM invites WHERE code = $1::text"};

constexpr Statement kInvites = {
    "read_invites",
    "SELECT id, conversation, code, creator, created_at, expires_at, max_uses, uses "
    "FROM invites WHERE conversation = $1::uuid ORDER BY id"};

constexpr Statement kMessage = {"read_message",
                                "SELECT conversation, id, q, r, sender, body, at FROM messages "
                                "WHERE conversation = $1::uuid AND id = $2::uuid"};

constexpr Statement kNewestMessages = {
    "read_newest_messages",
    "SELECT conversation, id, q, r, sender, body, at FROM messages "
    "WHERE conversation = $1::uuid AND q BETWEEN $2::bigint AND $3::bigint "
    "ORDER BY q DESC LIMIT $4::bigint"};

constexpr Statement kOldestMessages = {
    "read_oldest_messages",
    "SELECT conversation, id, q, r, sender, body, at FROM messages "
    "WHERE conversation = $1::uuid AND q BETWEEN $2::bigint AND $3::bigint "
    "ORDER BY q LIMIT $4::bigint"};

constexpr Statement kEvents = {
    "read_events",
    "SELECT e.r, e.at, e.kind, e.user_id, e.text, e.role, e.joined_at, e.visible_from, "
    "e.muted::int, e.archived::int, e.may_post, e.may_call, m.conversation, m.id, m.q, m.r, "
    "m.sender, m.body, m.at "
    "FROM conversation_events e "
    "LEFT JOIN messages m ON m.conversation = e.conversation AND m.q = e.q "
    "WHERE e.conversation = $1::uuid AND e.r > $2::bigint ORDER BY e.r LIMIT $3::bigint"};

constexpr Statement kUserEvents = {
    "read_user_events",
    "SELECT r, at, kind, conversation, text, invite_code, created_at, last_q, last_r, "
    "conversation_kind, archived::int, may_post, may_call FROM user_events WHERE user_id = "
    "$1::uuid AND r > $2::bigint ORDER BY r LIMIT $3::bigint"};

// id, title, invite_code, created_at, last_q, last_r, kind, archived, may_post, may_call
Conversation read_conversation(Answer& row) {
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

// id, conversation, code, creator, created_at, expires_at, max_uses, uses
Invite read_invite(Answer& row) {
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

std::optional<ConversationRecord> first_record(Answer found) {
  return found.row() ? std::optional(read_record(found)) : std::nullopt;
}

// The columns of a member, of settings, then of the message.
decltype(ConversationEvent::what) read_what(Answer& row, ConversationEventKind kind) {
  constexpr int kMemberColumns = 6;
  constexpr int kSettingsColumns = 3;
  switch (kind) {
    case ConversationEventKind::kMessageCreated:
      row.skip(kMemberColumns + kSettingsColumns);
      return ConversationEvent::MessageCreated{.message = read_message(row)};
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

decltype(UserEvent::what) read_what(Answer& row, UserEventKind kind) {
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

std::int64_t number(std::size_t limit) {
  return static_cast<std::int64_t>(limit);
}

}  // namespace

void read_settings(Answer& row, ConversationProfile& profile) {
  profile.archived = row.integer() != 0;
  profile.may_post = static_cast<Role>(row.integer());
  profile.may_call = static_cast<Role>(row.integer());
}

UserHead read_user(Answer& row) {
  UserHead head;
  head.user.id = row.id<UserId>();
  head.user.name = row.text();
  head.user.guest = row.integer() != 0;
  head.user.created_at = row.integer();
  head.last_r = row.integer();
  return head;
}

ConversationRecord read_record(Answer& row) {
  ConversationRecord record;
  record.conversation = read_conversation(row);
  record.creator = row.id<UserId>();
  return record;
}

Member read_member(Answer& row) {
  Member member;
  member.user = row.id<UserId>();
  member.name = row.text();
  member.role = static_cast<Role>(row.integer());
  member.joined_at = row.integer();
  member.visible_from = row.integer();
  member.muted = row.integer() != 0;
  return member;
}

Message read_message(Answer& row) {
  Message message;
  message.conversation = row.id<ConversationId>();
  message.id = row.id<MessageId>();
  message.q = row.integer();
  message.r = row.integer();
  message.sender = row.id<UserId>();
  message.body = row.text();
  message.at = row.integer();
  return message;
}

std::string hex_of(const TokenHash& hash) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : hash) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xFU];
  }
  return text;
}

bool may_be_code(std::string_view text) {
  return clean_body(text).has_value();
}

std::optional<UserHead> PostgresReads::user(UserId id) {
  Answer found = connection_.run(kUser, {id});
  return found.row() ? std::optional(read_user(found)) : std::nullopt;
}

std::optional<Identity> PostgresReads::device_of(const TokenHash& token_hash) {
  Answer found = connection_.run(kDevice, {hex_of(token_hash)});
  if (!found.row()) {
    return std::nullopt;
  }
  Identity identity;
  identity.user = found.id<UserId>();
  identity.device = found.id<DeviceId>();
  identity.name = found.text();
  identity.guest = found.integer() != 0;
  return identity;
}

std::optional<ConversationRecord> PostgresReads::conversation(ConversationId id) {
  return first_record(connection_.run(kConversation, {id}));
}

std::optional<ConversationRecord> PostgresReads::conversation_invited_by(
    std::string_view invite_code) {
  if (!may_be_code(invite_code)) {
    return std::nullopt;
  }
  return first_record(connection_.run(kInvited, {std::string(invite_code)}));
}

std::optional<Member> PostgresReads::member(ConversationId conversation, UserId user) {
  Answer found = connection_.run(kMember, {conversation, user});
  return found.row() ? std::optional(read_member(found)) : std::nullopt;
}

std::vector<Member> PostgresReads::members(ConversationId conversation) {
  Answer found = connection_.run(kMembers, {conversation});
  std::vector<Member> members;
  while (found.row()) {
    members.push_back(read_member(found));
  }
  return members;
}

std::vector<Conversation> PostgresReads::conversations_of(UserId user) {
  Answer found = connection_.run(kConversationsOf, {user});
  std::vector<Conversation> conversations;
  while (found.row()) {
    conversations.push_back(read_conversation(found));
  }
  return conversations;
}

bool PostgresReads::is_banned(ConversationId conversation, UserId user) {
  return connection_.run(kIsBanned, {conversation, user}).row();
}

std::vector<UserId> PostgresReads::banned(ConversationId conversation) {
  Answer found = connection_.run(kBanned, {conversation});
  std::vector<UserId> users;
  while (found.row()) {
    users.push_back(found.id<UserId>());
  }
  return users;
}

std::optional<Invite> PostgresReads::invite(InviteId id) {
  Answer found = connection_.run(kInvite, {id});
  return found.row() ? std::optional(read_invite(found)) : std::nullopt;
}

std::optional<Invite> PostgresReads::invite_by_code(std::string_view code) {
  if (!may_be_code(code)) {
    return std::nullopt;
  }
  Answer found = connection_.run(kInviteByCode, {std::string(code)});
  return found.row() ? std::optional(read_invite(found)) : std::nullopt;
}

std::vector<Invite> PostgresReads::invites(ConversationId conversation) {
  Answer found = connection_.run(kInvites, {conversation});
  std::vector<Invite> invites;
  while (found.row()) {
    invites.push_back(read_invite(found));
  }
  return invites;
}

std::optional<Message> PostgresReads::message(ConversationId conversation, MessageId cmid) {
  Answer found = connection_.run(kMessage, {conversation, cmid});
  return found.row() ? std::optional(read_message(found)) : std::nullopt;
}

std::vector<Message> PostgresReads::messages(const MessageRange& range) {
  Answer found =
      connection_.run(range.newest ? kNewestMessages : kOldestMessages,
                      {range.conversation, range.from_q, range.to_q, number(range.limit)});
  std::vector<Message> messages;
  while (found.row()) {
    messages.push_back(read_message(found));
  }
  if (range.newest) {
    std::ranges::reverse(messages);
  }
  return messages;
}

std::vector<ConversationEvent> PostgresReads::events(ConversationId conversation,
                                                     Revision after,
                                                     std::size_t limit) {
  Answer found = connection_.run(kEvents, {conversation, after, number(limit)});
  std::vector<ConversationEvent> events;
  while (found.row()) {
    ConversationEvent& event = events.emplace_back();
    event.conversation = conversation;
    event.r = found.integer();
    event.at = found.integer();
    const auto kind = static_cast<ConversationEventKind>(found.integer());
    event.what = read_what(found, kind);
  }
  return events;
}

std::vector<UserEvent> PostgresReads::user_events(UserId user, Revision after, std::size_t limit) {
  Answer found = connection_.run(kUserEvents, {user, after, number(limit)});
  std::vector<UserEvent> events;
  while (found.row()) {
    UserEvent& event = events.emplace_back();
    event.user = user;
    event.r = found.integer();
    event.at = found.integer();
    const auto kind = static_cast<UserEventKind>(found.integer());
    event.what = read_what(found, kind);
  }
  return events;
}

}  // namespace parlance::chat::postgres
