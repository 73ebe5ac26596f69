// What the messenger can be asked to change, as values that can be tried again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

// Whoever is a member already stays as it is; answered with the members that were not.
struct AddMembers {
  using Answer = std::vector<Member>;

  UserId asker;
  ConversationId conversation;
  std::vector<UserId> users;  // kMaxAdded at most
};

// Removes the member and keeps it out, or lets it come back.
struct BanMember {
  using Answer = void;

  UserId asker;
  ConversationId conversation;
  UserId member;
  bool banned = true;
};

// The id is the client's: the same again is the same invite, whatever its code.
struct CreateInvite {
  using Answer = Invite;

  UserId asker;
  ConversationId conversation;
  InviteId id;
  std::string code;
  UnixMillis expires_at = 0;  // 0: never
  std::int64_t max_uses = 0;  // 0: any number
};

// The same again is no error.
struct RevokeInvite {
  using Answer = void;

  UserId asker;
  ConversationId conversation;
  InviteId id;
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
void announce(const AddMembers& request, Footprint& footprint);
void announce(const BanMember& request, Footprint& footprint);
void announce(const CreateInvite& request, Footprint& footprint);
void announce(const RevokeInvite& request, Footprint& footprint);
void announce(const RemoveMember& request, Footprint& footprint);
void announce(const SendMessage& request, Footprint& footprint);

}  // namespace parlance::chat
