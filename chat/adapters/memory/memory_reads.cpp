#include "chat/adapters/memory/memory_reads.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

namespace parlance::chat {

namespace {

// The entries of a dense log with numbers above `after`, the oldest `limit` of them.
template <typename Entry>
std::vector<Entry> tail(const std::vector<Entry>& log, Revision after, std::size_t limit) {
  const auto size = static_cast<Revision>(log.size());
  const Revision first = std::clamp<Revision>(after, 0, size);
  const Revision count = std::min(size - first, static_cast<Revision>(limit));
  return {std::next(log.begin(), first), std::next(log.begin(), first + count)};
}

}  // namespace

const MemoryUser* MemoryReads::find(UserId id) const {
  const auto found = state_.users.find(id);
  return failed_ || found == state_.users.end() ? nullptr : &found->second;
}

const MemoryConversation* MemoryReads::find(ConversationId id) const {
  const auto found = state_.conversations.find(id);
  return failed_ || found == state_.conversations.end() ? nullptr : &found->second;
}

Member MemoryReads::named(const Member& member) const {
  Member named = member;
  if (const MemoryUser* user = find(member.user)) {
    named.name = user->head.user.name;
  }
  return named;
}

std::optional<UserHead> MemoryReads::user(UserId id) {
  const MemoryUser* user = find(id);
  return user == nullptr ? std::nullopt : std::optional(user->head);
}

std::optional<Identity> MemoryReads::device_of(const TokenHash& token_hash) {
  const auto token = state_.guest_tokens.find(token_hash);
  if (token == state_.guest_tokens.end()) {
    return std::nullopt;
  }
  const DeviceState& device = state_.devices.at(token->second);
  const MemoryUser* user = find(device.user);
  if (user == nullptr) {
    return std::nullopt;
  }
  return Identity{.user = user->head.user.id,
                  .device = device.id,
                  .name = user->head.user.name,
                  .guest = user->head.user.guest};
}

std::optional<ConversationRecord> MemoryReads::conversation(ConversationId id) {
  const MemoryConversation* conversation = find(id);
  return conversation == nullptr ? std::nullopt : std::optional(conversation->record);
}

std::optional<ConversationRecord> MemoryReads::conversation_invited_by(
    std::string_view invite_code) {
  const auto invited = state_.codes.find(std::string(invite_code));
  return invited == state_.codes.end() ? std::nullopt : conversation(invited->second);
}

std::optional<Member> MemoryReads::member(ConversationId conversation, UserId user) {
  const MemoryConversation* found = find(conversation);
  if (found == nullptr || !found->members.contains(user)) {
    return std::nullopt;
  }
  return named(found->members.at(user));
}

std::vector<Member> MemoryReads::members(ConversationId conversation) {
  std::vector<Member> members;
  if (const MemoryConversation* found = find(conversation)) {
    for (const auto& [user, member] : found->members) {
      members.push_back(named(member));
    }
  }
  std::ranges::sort(
      members, {}, [](const Member& member) { return std::pair(member.joined_at, member.user); });
  return members;
}

std::vector<Conversation> MemoryReads::conversations_of(UserId user) {
  std::vector<Conversation> conversations;
  if (const MemoryUser* found = find(user)) {
    for (const ConversationId id : found->conversations) {
      conversations.push_back(state_.conversations.at(id).record.conversation);
    }
  }
  return conversations;
}

bool MemoryReads::is_banned(ConversationId conversation, UserId user) {
  const MemoryConversation* found = find(conversation);
  return found != nullptr && found->banned.contains(user);
}

std::vector<UserId> MemoryReads::banned(ConversationId conversation) {
  const MemoryConversation* found = find(conversation);
  return found == nullptr ? std::vector<UserId>{}
                          : std::vector<UserId>(found->banned.begin(), found->banned.end());
}

std::optional<Invite> MemoryReads::invite(InviteId id) {
  const auto at = state_.invites.find(id);
  const MemoryConversation* found = at == state_.invites.end() ? nullptr : find(at->second);
  return found == nullptr ? std::nullopt : std::optional(found->invites.at(id));
}

std::optional<Invite> MemoryReads::invite_by_code(std::string_view code) {
  const auto at = state_.invite_codes.find(std::string(code));
  return at == state_.invite_codes.end() ? std::nullopt : invite(at->second);
}

std::vector<Invite> MemoryReads::invites(ConversationId conversation) {
  std::vector<Invite> invites;
  if (const MemoryConversation* found = find(conversation)) {
    for (const auto& [id, invite] : found->invites) {
      invites.push_back(invite);
    }
  }
  return invites;
}

std::optional<Message> MemoryReads::message(ConversationId conversation, MessageId cmid) {
  const MemoryConversation* found = find(conversation);
  if (found == nullptr || !found->numbers.contains(cmid)) {
    return std::nullopt;
  }
  return found->messages.at(static_cast<std::size_t>(found->numbers.at(cmid) - 1));
}

std::vector<Message> MemoryReads::messages(const MessageRange& range) {
  const MemoryConversation* found = find(range.conversation);
  if (found == nullptr) {
    return {};
  }
  Number from = std::max<Number>(range.from_q, 1);
  Number to = std::min(range.to_q, static_cast<Number>(found->messages.size()));
  const auto limit = static_cast<Number>(range.limit);
  if (to - from >= limit) {
    (range.newest ? from : to) = range.newest ? to - limit + 1 : from + limit - 1;
  }
  if (from > to) {
    return {};
  }
  return {std::next(found->messages.begin(), from - 1), std::next(found->messages.begin(), to)};
}

std::vector<ConversationEvent> MemoryReads::events(ConversationId conversation,
                                                   Revision after,
                                                   std::size_t limit) {
  const MemoryConversation* found = find(conversation);
  return found == nullptr ? std::vector<ConversationEvent>{} : tail(found->events, after, limit);
}

std::vector<UserEvent> MemoryReads::user_events(UserId user, Revision after, std::size_t limit) {
  const MemoryUser* found = find(user);
  return found == nullptr ? std::vector<UserEvent>{} : tail(found->events, after, limit);
}

}  // namespace parlance::chat
