// The nouns of the messenger: users, devices, conversations, members, messages, and what happens to them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "base/uuid.h"

namespace parlance::chat {

using UserId = Id<struct UserTag>;
using DeviceId = Id<struct DeviceTag>;
using ConversationId = Id<struct ConversationTag>;
using MessageId = Id<struct MessageTag>;

// Limits that clients are told of (docs/limits.md).
inline constexpr std::size_t kMaxNameBytes = 64;
inline constexpr std::size_t kMaxTitleBytes = 128;
inline constexpr std::size_t kMaxBodyBytes = 16'000;
inline constexpr std::size_t kMaxPage = 200;

// Dense per conversation: number of a message, and revision counting every change of the conversation.
using Number = std::int64_t;
using Revision = std::int64_t;

struct User {
  UserId id;
  std::string name;
  bool guest = true;
  UnixMillis created_at = 0;

  bool operator==(const User&) const = default;
};

// Whoever holds the device's token: the answer to "who is asking".
struct Identity {
  UserId user;
  DeviceId device;
  std::string name;

  bool operator==(const Identity&) const = default;
};

enum class Role : std::uint8_t { kOwner, kAdmin, kModerator, kMember, kGuest };

// May mute, remove and lock.
constexpr bool is_host(Role role) { return role <= Role::kModerator; }

struct Member {
  UserId user;
  std::string name;
  Role role = Role::kMember;
  UnixMillis joined_at = 0;
  Number visible_from = 1;  // first message number that the member may read

  bool operator==(const Member&) const = default;
};

struct Conversation {
  ConversationId id;
  std::string title;
  std::string invite_code;
  UnixMillis created_at = 0;
  Number last_q = 0;
  Revision last_r = 0;

  bool operator==(const Conversation&) const = default;
};

struct ConversationView {
  Conversation conversation;
  std::vector<Member> members;
};

struct Message {
  MessageId id;  // the client's cmid: whoever creates mints
  ConversationId conversation;
  Number q = 0;
  Revision r = 0;
  UserId sender;
  std::string body;
  UnixMillis at = 0;

  bool operator==(const Message&) const = default;
};

// A durable event: one revision of a conversation's stream.
struct ConversationEvent {
  struct MessageCreated {
    Message message;
  };

  struct MemberJoined {
    Member member;
  };

  struct MemberUpdated {
    Member member;
  };

  struct MemberLeft {
    UserId user;
  };

  struct Renamed {
    std::string title;
  };

  ConversationId conversation;
  Revision r = 0;
  UnixMillis at = 0;
  std::variant<MessageCreated, MemberJoined, MemberUpdated, MemberLeft, Renamed> what;
};

// A durable event of one user's own stream, for all devices of that user.
struct UserEvent {
  struct ConversationAdded {
    Conversation conversation;
  };

  struct ConversationRemoved {
    ConversationId conversation;
  };

  struct ProfileChanged {
    std::string name;
  };

  UserId user;
  Revision r = 0;
  UnixMillis at = 0;
  std::variant<ConversationAdded, ConversationRemoved, ProfileChanged> what;
};

using Event = std::variant<ConversationEvent, UserEvent>;

}  // namespace parlance::chat
