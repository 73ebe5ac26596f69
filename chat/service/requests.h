// What the messenger can be asked to change, as values that can be tried again.
#pragma once

#include <optional>
#include <string>

#include "chat/domain/types.h"
#include "chat/ports/store.h"
#include "chat/service/account_requests.h"

namespace parlance::chat {

// Ids, codes and hashes are minted once, where the request came in, so that trying again changes
// nothing.
struct CreateGuest {
  UserId user;
  DeviceId device;
  TokenHash token_hash{};
  std::string name;
};

struct RenameUser {
  UserId user;
  std::string name;
};

struct CreateConversation {
  UserId creator;
  ConversationId conversation;
  std::string title;
  std::string invite_code;
  ConversationKind kind = ConversationKind::kGroup;
};

// Nothing: as it is.
struct ConfigureConversation {
  using Answer = Conversation;

  UserId asker;
  ConversationId conversation;
  std::optional<std::string> title = {};
  std::optional<bool> archived = {};
  std::optional<Role> may_post = {};
  std::optional<Role> may_call = {};
};

// Nothing: as it is.
struct ChangeMember {
  using Answer = Member;

  UserId asker;
  ConversationId conversation;
  UserId member;
  std::optional<Role> role = {};
  std::optional<bool> muted = {};
};

struct AcceptInvite {
  UserId user;
  std::string code;
};

struct RemoveMember {
  UserId asker;
  ConversationId conversation;
  UserId member;
};

struct SendMessage {
  UserId sender;
  ConversationId conversation;
  MessageId cmid;
  std::string body;
};

// Adds what the request is going to touch.
void announce(const CreateGuest& request, Footprint& footprint);
void announce(const RenameUser& request, Footprint& footprint);
void announce(const CreateConversation& request, Footprint& footprint);
void announce(const ConfigureConversation& request, Footprint& footprint);
void announce(const ChangeMember& request, Footprint& footprint);
void announce(const AcceptInvite& request, Footprint& footprint);
void announce(const RemoveMember& request, Footprint& footprint);
void announce(const SendMessage& request, Footprint& footprint);

}  // namespace parlance::chat
