// What the memory store keeps, and how a transaction takes its changes back.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "chat/domain/account.h"
#include "chat/domain/types.h"
#include "chat/ports/directory.h"

namespace parlance::chat {

struct MemoryUser {
  UserHead head;
  std::set<ConversationId> conversations;
  std::vector<UserEvent> events;  // r is the index plus one
};

struct MemoryConversation {
  ConversationRecord record;
  std::map<UserId, Member> members;
  std::set<UserId> banned;
  std::map<InviteId, Invite> invites;
  std::vector<Message> messages;  // q is the index plus one
  std::unordered_map<MessageId, Number> numbers;
  std::vector<ConversationEvent> events;  // r is the index plus one
};

struct MemoryState {
  std::unordered_map<UserId, MemoryUser> users;
  std::map<TokenHash, DeviceId> guest_tokens;
  std::map<DeviceId, DeviceState> devices;
  std::map<TokenHash, RefreshToken> refresh_tokens;
  std::map<UserId, Account> accounts;
  std::map<std::string, UserId, std::less<>> logins;
  std::unordered_map<ConversationId, MemoryConversation> conversations;
  // The conversations' own codes, and those of invites.
  std::unordered_map<std::string, ConversationId> codes;
  std::unordered_map<std::string, InviteId> invite_codes;
  std::unordered_map<InviteId, ConversationId> invites;
  // The sessions of several threads meet here and nowhere else.
  std::shared_mutex guard;
};

// Undoes changes, newest first.
class UndoLog {
 public:
  void push(std::move_only_function<void()> undo) { steps_.push_back(std::move(undo)); }

  void forget() { steps_.clear(); }

  void roll_back() {
    while (!steps_.empty()) {
      steps_.back()();
      steps_.pop_back();
    }
  }

 private:
  std::vector<std::move_only_function<void()>> steps_;
};

}  // namespace parlance::chat
