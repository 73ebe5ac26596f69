#include "chat/adapters/postgres/pending_rows.h"

#include <variant>

#include "chat/adapters/postgres/event_kinds.h"
#include "chat/adapters/postgres/postgres_reads.h"

namespace parlance::chat::postgres {

namespace {

constexpr Statement kInsertUsers = {
    "insert_users",
    "INSERT INTO users (id, name, guest, created_at) "
    "SELECT id, name, guest <> 0, created_at "
    "FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[]) "
    "AS n (id, name, guest, created_at)"};

constexpr Statement kInsertDevices = {
    "insert_devices",
    "INSERT INTO devices (id, user_id, token_hash, created_at, last_used_at) "
    "SELECT id, user_id, decode(token_hash, 'hex'), created_at, created_at "
    "FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[]) "
    "AS n (id, user_id, token_hash, created_at)"};

constexpr Statement kRenameUsers = {
    "rename_users",
    "UPDATE users u SET name = n.name FROM unnest($1::uuid[], $2::text[]) AS n (id, name) "
    "WHERE u.id = n.id"};

constexpr Statement kInsertConversations = {
    "insert_conversations",
    "INSERT INTO conversations (id, creator, title, invite_code, created_at, kind, archived, "
    "may_post, may_call) SELECT id, creator, title, invite_code, created_at, kind, archived <> 0, "
    "may_post, may_call FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], "
    "$6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[]) AS n (id, creator, title, "
    "invite_code, created_at, kind, archived, may_post, may_call)"};

constexpr Statement kPutMembers = {
    "put_members",
    "INSERT INTO members (conversation, user_id, role, joined_at, visible_from, muted) "
    "SELECT conversation, user_id, role, joined_at, visible_from, muted <> 0 "
    "FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) "
    "AS n (conversation, user_id, role, joined_at, visible_from, muted) "
    "ON CONFLICT (conversation, user_id) DO UPDATE "
    "SET role = excluded.role, visible_from = excluded.visible_from, muted = excluded.muted"};

constexpr Statement kEraseMembers = {
    "erase_members",
    "DELETE FROM members m USING unnest($1::uuid[], $2::uuid[]) AS n (conversation, user_id) "
    "WHERE m.conversation = n.conversation AND m.user_id = n.user_id"};

constexpr Statement kChangeProfiles = {
    "change_profiles",
    "UPDATE conversations c SET title = n.title, archived = n.archived <> 0, "
    "may_post = n.may_post, may_call = n.may_call "
    "FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) "
    "AS n (id, title, archived, may_post, may_call) WHERE c.id = n.id"};

// The way of nearly everything: heads move, messages and their events are stored.
constexpr Statement kAppendMessages = {
    "append_messages",
    "WITH heads AS (UPDATE conversations c SET last_q = n.last_q, last_r = n.last_r "
    "FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS n (id, last_q, last_r) "
    "WHERE c.id = n.id), "
    "new AS MATERIALIZED (SELECT * FROM unnest($4::uuid[], $5::bigint[], $6::uuid[], "
    "$7::bigint[], $8::uuid[], $9::bigint[], $10::text[], $11::bigint[]) "
    "AS n (conversation, q, id, r, sender, at, body, event_at)), "
    "stored AS (INSERT INTO messages (conversation, q, id, r, sender, at, body) "
    "SELECT conversation, q, id, r, sender, at, body FROM new) "
    "INSERT INTO conversation_events (conversation, r, at, kind, q) "
    "SELECT conversation, r, event_at, 1, q FROM new"};

constexpr Statement kAppendEvents = {
    "append_events",
    "INSERT INTO conversation_events "
    "(conversation, r, at, kind, user_id, text, role, joined_at, visible_from, muted, archived, "
    "may_post, may_call) SELECT conversation, r, at, kind, user_id, text, role, joined_at, "
    "visible_from, muted <> 0, archived <> 0, may_post, may_call "
    "FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::uuid[], $6::text[], "
    "$7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], "
    "$13::bigint[]) AS n (conversation, r, at, kind, user_id, text, role, joined_at, visible_from, "
    "muted, archived, may_post, may_call)"};

constexpr Statement kAppendUserEvents = {
    "append_user_events",
    "WITH heads AS (UPDATE users u SET last_r = n.last_r "
    "FROM unnest($1::uuid[], $2::bigint[]) AS n (id, last_r) WHERE u.id = n.id) "
    "INSERT INTO user_events (user_id, r, at, kind, conversation, text, invite_code, created_at, "
    "last_q, last_r, conversation_kind, archived, may_post, may_call) "
    "SELECT user_id, r, at, kind, conversation, text, invite_code, created_at, last_q, last_r, "
    "conversation_kind, archived <> 0, may_post, may_call "
    "FROM unnest($3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[], $7::uuid[], $8::text[], "
    "$9::text[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], "
    "$15::bigint[], $16::bigint[]) AS n (user_id, r, at, kind, conversation, text, invite_code, "
    "created_at, last_q, last_r, conversation_kind, archived, may_post, may_call)"};

constexpr auto kNull = std::nullopt;

template <typename Kind>
constexpr std::int64_t number(Kind kind) {
  return static_cast<std::int64_t>(kind);
}

Parameters joined(Parameters first, Parameters second) {
  for (Parameter& each : second) {
    first.push_back(std::move(each));
  }
  return first;
}

void run_unless_empty(Connection& connection, const Statement& statement, auto& rows) {
  if (rows.size() > 0) {
    connection.run(statement, rows.take());
  }
}

}  // namespace

void PendingRows::add(const User& user, const Device& device) {
  empty_ = false;
  users_.add(user.id, user.name, number(user.guest), user.created_at);
  devices_.add(device.id, device.user, hex_of(device.token_hash), device.created_at);
}

void PendingRows::rename(UserId id, std::string_view name) {
  empty_ = false;
  names_[id] = name;
}

void PendingRows::add(const ConversationRecord& record) {
  empty_ = false;
  const Conversation& conversation = record.conversation;
  conversations_.add(conversation.id,
                     record.creator,
                     conversation.profile.title,
                     conversation.invite_code,
                     conversation.created_at,
                     number(conversation.kind),
                     number(conversation.profile.archived),
                     number(conversation.profile.may_post),
                     number(conversation.profile.may_call));
}

void PendingRows::put(ConversationId conversation, const Member& member) {
  empty_ = false;
  members_[{conversation, member.user}] = member;
}

void PendingRows::erase(ConversationId conversation, UserId user) {
  empty_ = false;
  members_[{conversation, user}] = std::nullopt;
}

bool PendingRows::erases(ConversationId conversation, UserId user) const {
  const auto found = members_.find({conversation, user});
  return found != members_.end() && !found->second;
}

void PendingRows::move(const Conversation& head) {
  empty_ = false;
  heads_[head.id] = {head.last_q, head.last_r};
}

void PendingRows::move(const UserHead& head) {
  empty_ = false;
  user_heads_[head.user.id] = head.last_r;
}

void PendingRows::add(const ConversationEvent& event) {
  empty_ = false;
  std::visit([&](const auto& what) { store(event, what); }, event.what);
}

void PendingRows::store(const ConversationEvent& event,
                        const ConversationEvent::MessageCreated& created) {
  const Message& message = created.message;
  messages_.add(event.conversation,
                message.q,
                message.id,
                event.r,
                message.sender,
                message.at,
                message.body,
                event.at);
}

void PendingRows::add_member_event(const ConversationEvent& event,
                                   std::int64_t kind,
                                   const Member& member) {
  events_.add(event.conversation,
              event.r,
              event.at,
              kind,
              member.user,
              member.name,
              number(member.role),
              member.joined_at,
              member.visible_from,
              number(member.muted),
              kNull,
              kNull,
              kNull);
}

void PendingRows::store(const ConversationEvent& event,
                        const ConversationEvent::MemberJoined& joined) {
  add_member_event(event, number(ConversationEventKind::kMemberJoined), joined.member);
}

void PendingRows::store(const ConversationEvent& event,
                        const ConversationEvent::MemberUpdated& updated) {
  add_member_event(event, number(ConversationEventKind::kMemberUpdated), updated.member);
}

void PendingRows::store(const ConversationEvent& event, const ConversationEvent::MemberLeft& left) {
  events_.add(event.conversation,
              event.r,
              event.at,
              number(ConversationEventKind::kMemberLeft),
              left.user,
              kNull,
              kNull,
              kNull,
              kNull,
              kNull,
              kNull,
              kNull,
              kNull);
}

void PendingRows::store(const ConversationEvent& event,
                        const ConversationEvent::ProfileChanged& changed) {
  const ConversationProfile& profile = changed.profile;
  profiles_[event.conversation] = profile;
  events_.add(event.conversation,
              event.r,
              event.at,
              number(ConversationEventKind::kProfileChanged),
              kNull,
              profile.title,
              kNull,
              kNull,
              kNull,
              kNull,
              number(profile.archived),
              number(profile.may_post),
              number(profile.may_call));
}

void PendingRows::add(const UserEvent& event) {
  empty_ = false;
  std::visit([&](const auto& what) { store(event, what); }, event.what);
}

void PendingRows::store(const UserEvent& event, const UserEvent::ConversationAdded& added) {
  const Conversation& conversation = added.conversation;
  user_events_.add(event.user,
                   event.r,
                   event.at,
                   number(UserEventKind::kConversationAdded),
                   conversation.id,
                   conversation.profile.title,
                   conversation.invite_code,
                   conversation.created_at,
                   conversation.last_q,
                   conversation.last_r,
                   number(conversation.kind),
                   number(conversation.profile.archived),
                   number(conversation.profile.may_post),
                   number(conversation.profile.may_call));
}

void PendingRows::store(const UserEvent& event, const UserEvent::ConversationRemoved& removed) {
  user_events_.add(event.user,
                   event.r,
                   event.at,
                   number(UserEventKind::kConversationRemoved),
                   removed.conversation,
                   kNull,
                   kNull,
                   kNull,
                   kNull,
                   kNull,
                   kNull,
                   kNull,
                   kNull,
                   kNull);
}

void PendingRows::store(const UserEvent& event, const UserEvent::ProfileChanged& profile) {
  user_events_.add(event.user,
                   event.r,
                   event.at,
                   number(UserEventKind::kProfileChanged),
                   kNull,
                   profile.name,
                   kNull,
                   kNull,
                   kNull,
                   kNull,
                   kNull,
                   kNull,
                   kNull,
                   kNull);
}

void PendingRows::flush(Connection& connection) {
  if (!empty_) {
    flush_people(connection);
    flush_members(connection);
    flush_log(connection);
    empty_ = true;
  }
}

void PendingRows::flush_people(Connection& connection) {
  run_unless_empty(connection, kInsertUsers, users_);
  run_unless_empty(connection, kInsertDevices, devices_);
  Rows<2> renamed;
  for (const auto& [id, name] : names_) {
    renamed.add(id, name);
  }
  names_.clear();
  const std::size_t count = renamed.size();
  if (count > 0 && connection.run(kRenameUsers, renamed.take()).changed() != count) {
    connection.refuse("a user to rename isn't there");
  }
}

void PendingRows::flush_members(Connection& connection) {
  run_unless_empty(connection, kInsertConversations, conversations_);
  Rows<6> put;
  Rows<2> erased;
  for (const auto& [key, member] : std::exchange(members_, {})) {
    if (member) {
      put.add(key.first,
              key.second,
              number(member->role),
              member->joined_at,
              member->visible_from,
              number(member->muted));
    } else {
      erased.add(key.first, key.second);
    }
  }
  run_unless_empty(connection, kPutMembers, put);
  run_unless_empty(connection, kEraseMembers, erased);
}

void PendingRows::flush_log(Connection& connection) {
  Rows<5> profiles;
  for (const auto& [id, profile] : std::exchange(profiles_, {})) {
    profiles.add(id,
                 profile.title,
                 number(profile.archived),
                 number(profile.may_post),
                 number(profile.may_call));
  }
  run_unless_empty(connection, kChangeProfiles, profiles);
  Rows<3> heads;
  for (const auto& [id, head] : std::exchange(heads_, {})) {
    heads.add(id, head.first, head.second);
  }
  if (heads.size() > 0) {
    connection.run(kAppendMessages, joined(heads.take(), messages_.take()));
  }
  run_unless_empty(connection, kAppendEvents, events_);
  Rows<2> user_heads;
  for (const auto& [id, last_r] : std::exchange(user_heads_, {})) {
    user_heads.add(id, last_r);
  }
  if (user_heads.size() > 0) {
    connection.run(kAppendUserEvents, joined(user_heads.take(), user_events_.take()));
  }
}

}  // namespace parlance::chat::postgres
