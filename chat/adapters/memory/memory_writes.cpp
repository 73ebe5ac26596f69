#include "chat/adapters/memory/memory_writes.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/check.h"

namespace parlance::chat {

namespace {

template <typename Value>
bool has(const std::vector<Value>& values, const Value& value) {
  return std::ranges::find(values, value) != values.end();
}

}  // namespace

void MemoryWrites::begin(const Footprint& footprint) {
  footprint_ = footprint;
  failed_ = false;
}

bool MemoryWrites::commit() {
  if (failed_) {
    roll_back();
    return false;
  }
  undo_.forget();
  return true;
}

void MemoryWrites::roll_back() {
  undo_.roll_back();
  failed_ = false;
}

bool MemoryWrites::announced(ConversationId id) const {
  const auto& row = state_.conversations.at(id);
  return has(footprint_.conversations, id) ||
         has(footprint_.invite_codes, row.record.conversation.invite_code) ||
         std::ranges::any_of(
             row.invites,
             [&](const auto& each) { return has(footprint_.invite_codes, each.second.code); }) ||
         std::ranges::any_of(footprint_.renamed,
                             [&](UserId user) { return row.members.contains(user); });
}

bool MemoryWrites::announced(UserId id) const {
  return has(footprint_.users, id) || has(footprint_.renamed, id);
}

MemoryUser* MemoryWrites::user(UserId id) {
  const auto found = state_.users.find(id);
  failed_ = failed_ || found == state_.users.end();
  return failed_ ? nullptr : &found->second;
}

MemoryConversation* MemoryWrites::conversation(ConversationId id) {
  const auto found = state_.conversations.find(id);
  failed_ = failed_ || found == state_.conversations.end();
  return failed_ ? nullptr : &found->second;
}

void MemoryWrites::add_user(const User& user, const Device& device) {
  add_user(user);
  add_device({.id = device.id,
              .user = device.user,
              .name = {},
              .created_at = device.created_at,
              .last_used_at = device.created_at});
  failed_ = failed_ || state_.guest_tokens.contains(device.token_hash);
  if (failed_) {
    return;
  }
  state_.guest_tokens[device.token_hash] = device.id;
  undo_.push([this, hash = device.token_hash] { state_.guest_tokens.erase(hash); });
}

void MemoryWrites::rename_user(UserId id, std::string_view name) {
  if (MemoryUser* row = user(id)) {
    undo_.push([row, old = row->head.user.name] { row->head.user.name = old; });
    row->head.user.name = name;
  }
}

void MemoryWrites::add_conversation(const ConversationRecord& record) {
  const ConversationId id = record.conversation.id;
  const std::string& code = record.conversation.invite_code;
  failed_ = failed_ || state_.conversations.contains(id) || state_.codes.contains(code) ||
            state_.invite_codes.contains(code) || !state_.users.contains(record.creator);
  if (failed_) {
    return;
  }
  MemoryConversation& row = state_.conversations[id];
  row.record = record;
  row.record.conversation.last_q = 0;
  row.record.conversation.last_r = 0;
  state_.codes[code] = id;
  undo_.push([this, id, code] {
    state_.conversations.erase(id);
    state_.codes.erase(code);
  });
}

void MemoryWrites::put(ConversationId id, const Member& member) {
  MemoryConversation* row = conversation(id);
  MemoryUser* account = user(member.user);
  if (row == nullptr || account == nullptr) {
    return;
  }
  const auto old = row->members.find(member.user);
  if (old == row->members.end()) {
    row->members[member.user] = member;
    account->conversations.insert(id);
    undo_.push([row, account, id, user = member.user] {
      row->members.erase(user);
      account->conversations.erase(id);
    });
  } else {
    undo_.push([row, before = old->second] { row->members[before.user] = before; });
    const UnixMillis joined_at = old->second.joined_at;
    old->second = member;
    old->second.joined_at = joined_at;
  }
}

void MemoryWrites::erase(ConversationId id, UserId user_id) {
  MemoryConversation* row = conversation(id);
  MemoryUser* account = user(user_id);
  if (row == nullptr || account == nullptr || !row->members.contains(user_id)) {
    return;
  }
  undo_.push([row, account, id, before = row->members.at(user_id)] {
    row->members[before.user] = before;
    account->conversations.insert(id);
  });
  row->members.erase(user_id);
  account->conversations.erase(id);
}

void MemoryWrites::set_banned(ConversationId id, UserId user_id, bool banned) {
  MemoryConversation* row = conversation(id);
  if (row == nullptr || user(user_id) == nullptr || row->banned.contains(user_id) == banned) {
    return;
  }
  const auto change = [row, user_id](bool to) {
    if (to) {
      row->banned.insert(user_id);
    } else {
      row->banned.erase(user_id);
    }
  };
  change(banned);
  undo_.push([change, banned] { change(!banned); });
}

void MemoryWrites::put(const Invite& invite) {
  MemoryConversation* row = conversation(invite.conversation);
  if (row == nullptr) {
    return;
  }
  if (const auto known = row->invites.find(invite.id); known != row->invites.end()) {
    // By its id: it may be erased, and come back elsewhere, before this is undone.
    undo_.push([row, old = known->second] { row->invites[old.id] = old; });
    known->second.uses = invite.uses;
    return;
  }
  failed_ = failed_ || state_.invites.contains(invite.id) ||
            state_.invite_codes.contains(invite.code) || state_.codes.contains(invite.code);
  if (failed_) {
    return;
  }
  row->invites[invite.id] = invite;
  state_.invites[invite.id] = invite.conversation;
  state_.invite_codes[invite.code] = invite.id;
  undo_.push([this, row, id = invite.id, code = invite.code] {
    row->invites.erase(id);
    state_.invites.erase(id);
    state_.invite_codes.erase(code);
  });
}

void MemoryWrites::erase(InviteId id) {
  const auto at = state_.invites.find(id);
  MemoryConversation* row = at == state_.invites.end() ? nullptr : conversation(at->second);
  if (row == nullptr) {
    return;
  }
  undo_.push([this, row, invite = row->invites.at(id)] {
    row->invites[invite.id] = invite;
    state_.invites[invite.id] = invite.conversation;
    state_.invite_codes[invite.code] = invite.id;
  });
  state_.invite_codes.erase(row->invites.at(id).code);
  row->invites.erase(id);
  state_.invites.erase(at);
}

bool MemoryWrites::store_message(MemoryConversation& row, const Message& message) {
  Number& last_q = row.record.conversation.last_q;
  if (message.q != last_q + 1 || row.numbers.contains(message.id) ||
      !state_.users.contains(message.sender)) {
    failed_ = true;
    return false;
  }
  row.messages.push_back(message);
  row.numbers[message.id] = message.q;
  last_q = message.q;
  undo_.push([&row, id = message.id] {
    row.messages.pop_back();
    row.numbers.erase(id);
    --row.record.conversation.last_q;
  });
  return true;
}

void MemoryWrites::append(const ConversationEvent& event) {
  MemoryConversation* row = conversation(event.conversation);
  if (row == nullptr) {
    return;
  }
  CHECK(announced(event.conversation));
  if (event.r != row->record.conversation.last_r + 1) {
    failed_ = true;
    return;
  }
  const auto* created = std::get_if<ConversationEvent::MessageCreated>(&event.what);
  if (created != nullptr && !store_message(*row, created->message)) {
    return;
  }
  if (const auto* changed = std::get_if<ConversationEvent::ProfileChanged>(&event.what)) {
    ConversationProfile& profile = row->record.conversation.profile;
    undo_.push([&profile, old = profile] { profile = old; });
    profile = changed->profile;
  }
  row->events.push_back(event);
  row->record.conversation.last_r = event.r;
  undo_.push([row] {
    row->events.pop_back();
    --row->record.conversation.last_r;
  });
}

void MemoryWrites::append(const UserEvent& event) {
  MemoryUser* row = user(event.user);
  if (row == nullptr) {
    return;
  }
  CHECK(announced(event.user));
  if (event.r != row->head.last_r + 1) {
    failed_ = true;
    return;
  }
  row->events.push_back(event);
  row->head.last_r = event.r;
  undo_.push([row] {
    row->events.pop_back();
    --row->head.last_r;
  });
}

}  // namespace parlance::chat
