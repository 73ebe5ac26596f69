#include "chat/adapters/postgres/write_transaction.h"

#include <variant>

namespace parlance::chat::postgres {

namespace {

constexpr Statement kBan = {
    "ban",
    "INSERT INTO bans (conversation, user_id) VALUES ($1::uuid, $2::uuid) ON CONFLICT DO NOTHING"};

constexpr Statement kUnban = {
    "unban", "DELETE FROM bans WHERE conversation = $1::uuid AND user_id = $2::uuid"};

constexpr Statement kPutInvite = {
    "put_invite",
    "INSERT INTO invites (id, conversation, code, creator, created_at, expires_at, max_uses, uses) "
    "VALUES ($1::uuid, $2::uuid, $3::text, $4::uuid, $5::bigint, $6::bigint, $7::bigint, "
    "$8::bigint) ON CONFLICT (id) DO UPDATE SET uses = excluded.uses"};

constexpr Statement kEraseInvite = {"erase_invite", "DELETE FROM invites WHERE id = $1::uuid"};

}  // namespace

void WriteTransaction::begin(const Connection::Step& first, const Footprint& footprint) {
  pending_.clear();
  wrote_ = false;
  known_ = lock_and_fetch(connection_, first, footprint);
}

bool WriteTransaction::flush() {
  wrote_ = wrote_ || !pending_.empty();
  pending_.flush(connection_);
  return wrote_;
}

std::optional<UserHead> WriteTransaction::user(UserId id) {
  if (connection_.failed()) {
    return std::nullopt;
  }
  const auto found = known_.users.find(id);
  return found == known_.users.end() ? written().user(id) : found->second;
}

std::optional<Identity> WriteTransaction::device_of(const TokenHash& token_hash) {
  return written().device_of(token_hash);
}

std::optional<ConversationRecord> WriteTransaction::conversation(ConversationId id) {
  if (connection_.failed()) {
    return std::nullopt;
  }
  const auto found = known_.conversations.find(id);
  return found == known_.conversations.end() ? written().conversation(id) : found->second;
}

std::optional<ConversationRecord> WriteTransaction::conversation_invited_by(
    std::string_view invite_code) {
  const auto found = known_.codes.find(std::string(invite_code));
  if (found == known_.codes.end()) {
    return written().conversation_invited_by(invite_code);
  }
  auto record = found->second ? conversation(*found->second) : std::nullopt;
  // The code may be that of an invite.
  return record && record->conversation.invite_code == invite_code ? record : std::nullopt;
}

std::optional<Member> WriteTransaction::member(ConversationId conversation, UserId user) {
  if (connection_.failed()) {
    return std::nullopt;
  }
  const auto found = known_.members.find({conversation, user});
  if (found != known_.members.end()) {
    return found->second;
  }
  auto asked = written().member(conversation, user);
  if (!connection_.failed() && known_.conversations.contains(conversation)) {
    known_.members[{conversation, user}] = asked;
  }
  return asked;
}

std::vector<Member> WriteTransaction::members(ConversationId conversation) {
  return written().members(conversation);
}

std::vector<Conversation> WriteTransaction::conversations_of(UserId user) {
  return written().conversations_of(user);
}

bool WriteTransaction::is_banned(ConversationId conversation, UserId user) {
  return written().is_banned(conversation, user);
}

std::vector<UserId> WriteTransaction::banned(ConversationId conversation) {
  return written().banned(conversation);
}

std::optional<Invite> WriteTransaction::invite(InviteId id) {
  return written().invite(id);
}

std::optional<Invite> WriteTransaction::invite_by_code(std::string_view code) {
  return written().invite_by_code(code);
}

std::vector<Invite> WriteTransaction::invites(ConversationId conversation) {
  return written().invites(conversation);
}

std::optional<Message> WriteTransaction::message(ConversationId conversation, MessageId cmid) {
  if (connection_.failed()) {
    return std::nullopt;
  }
  const auto found = known_.messages.find({conversation, cmid});
  return found == known_.messages.end() ? written().message(conversation, cmid) : found->second;
}

std::vector<Message> WriteTransaction::messages(const MessageRange& range) {
  return written().messages(range);
}

std::vector<ConversationEvent> WriteTransaction::events(ConversationId conversation,
                                                        Revision after,
                                                        std::size_t limit) {
  return written().events(conversation, after, limit);
}

std::vector<UserEvent> WriteTransaction::user_events(UserId user,
                                                     Revision after,
                                                     std::size_t limit) {
  return written().user_events(user, after, limit);
}

void WriteTransaction::add_user(const User& user, const Device& device) {
  known_.users[user.id] = UserHead{.user = user, .last_r = 0};
  pending_.add(user, device);
}

void WriteTransaction::on_new_account(UserId user) {
  if (const auto found = known_.users.find(user); found != known_.users.end() && found->second) {
    found->second->user.guest = false;
  }
}

void WriteTransaction::rename_user(UserId id, std::string_view name) {
  if (const auto found = known_.users.find(id); found != known_.users.end() && found->second) {
    found->second->user.name = name;
  }
  for (auto& [key, member] : known_.members) {
    if (key.second == id && member) {
      member->name = name;
    }
  }
  pending_.rename(id, name);
}

void WriteTransaction::add_conversation(const ConversationRecord& record) {
  const Conversation& conversation = record.conversation;
  ConversationRecord& row = known_.conversations[conversation.id].emplace(record);
  row.conversation.last_q = 0;
  row.conversation.last_r = 0;
  known_.codes[conversation.invite_code] = conversation.id;
  pending_.add(record);
}

void WriteTransaction::put(ConversationId conversation, const Member& member) {
  if (pending_.erases(conversation, member.user)) {
    flush();
  }
  known_.members.erase({conversation, member.user});
  pending_.put(conversation, member);
}

void WriteTransaction::erase(ConversationId conversation, UserId user) {
  known_.members[{conversation, user}] = std::nullopt;
  pending_.erase(conversation, user);
}

// Bans and invites are seldom: they are written at once, behind what is gathered.
void WriteTransaction::set_banned(ConversationId conversation, UserId user, bool banned) {
  flush();
  wrote_ = true;
  connection_.run(banned ? kBan : kUnban, {conversation, user});
}

void WriteTransaction::put(const Invite& invite) {
  flush();
  wrote_ = true;
  connection_.run(kPutInvite,
                  {invite.id,
                   invite.conversation,
                   invite.code,
                   invite.creator,
                   invite.created_at,
                   invite.expires_at,
                   invite.max_uses,
                   invite.uses});
}

void WriteTransaction::erase(InviteId id) {
  flush();
  wrote_ = true;
  connection_.run(kEraseInvite, {id});
}

Conversation* WriteTransaction::head(ConversationId id) {
  const auto found = known_.conversations.find(id);
  if (found == known_.conversations.end() || !found->second) {
    connection_.refuse("a conversation to change isn't there or wasn't announced");
    return nullptr;
  }
  return &found->second->conversation;
}

UserHead* WriteTransaction::head(UserId id) {
  const auto found = known_.users.find(id);
  if (found == known_.users.end() || !found->second) {
    connection_.refuse("a user to change isn't there or wasn't announced");
    return nullptr;
  }
  return &*found->second;
}

bool WriteTransaction::may_store(const Conversation& head, const Message& message) {
  const auto taken = known_.messages.find({head.id, message.id});
  if (message.q != head.last_q + 1 || (taken != known_.messages.end() && taken->second)) {
    connection_.refuse("a message isn't the next of its conversation, or was there before");
    return false;
  }
  // The log has no foreign keys.
  if (!member(head.id, message.sender) && !user(message.sender)) {
    connection_.refuse("a message's sender isn't there");
    return false;
  }
  return true;
}

void WriteTransaction::append(const ConversationEvent& event) {
  Conversation* const head_row = head(event.conversation);
  if (connection_.failed()) {
    return;
  }
  if (event.r != head_row->last_r + 1) {
    connection_.refuse("a revision isn't the next of its conversation");
    return;
  }
  if (const auto* created = std::get_if<ConversationEvent::MessageCreated>(&event.what)) {
    if (!may_store(*head_row, created->message)) {
      return;
    }
    head_row->last_q = created->message.q;
    known_.messages[{event.conversation, created->message.id}] = created->message;
  } else if (const auto* changed = std::get_if<ConversationEvent::ProfileChanged>(&event.what)) {
    head_row->profile = changed->profile;
  }
  head_row->last_r = event.r;
  pending_.add(event);
  pending_.move(*head_row);
}

void WriteTransaction::append(const UserEvent& event) {
  UserHead* const head_row = head(event.user);
  if (connection_.failed()) {
    return;
  }
  if (event.r != head_row->last_r + 1) {
    connection_.refuse("a revision isn't the next of its user's stream");
    return;
  }
  head_row->last_r = event.r;
  pending_.add(event);
  pending_.move(*head_row);
}

}  // namespace parlance::chat::postgres
