// The nouns of the messenger: users, devices, conversations, members, messages, and what happens to
// them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
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
using InviteId = Id<struct InviteTag>;

// Limits that clients are told of (docs/limits.md).
inline constexpr std::size_t kMaxNameBytes = 64;
inline constexpr std::size_t kMaxTitleBytes = 128;
inline constexpr std::size_t kMaxBodyBytes = 16'000;
inline constexpr std::size_t kMaxPage = 200;
// Text in one page of history or sync. A page holds at least one entry. Together with kMaxPage
// entries and kMaxCursors cursors it fits the protocol's largest frame even where JSON has to
// escape every byte of it.
inline constexpr std::size_t kMaxPageBytes = 60'000;
inline constexpr std::size_t kMaxCursors = 500;
// Members of a conversation and conversations of a user are listed whole, in one frame.
inline constexpr std::size_t kMaxMembers = 500;
inline constexpr std::size_t kMaxConversations = 500;
inline constexpr std::size_t kMaxInvites = 100;  // of a conversation, listed whole
inline constexpr std::size_t kMaxBans = 1'000;   // the same
inline constexpr std::size_t kMaxAdded = 50;     // members by one request

// Dense per conversation: number of a message, and revision counting every change of the
// conversation.
using Number = std::int64_t;
using Revision = std::int64_t;

struct User {
  UserId id;
  std::string name;
  bool guest = true;
  UnixMillis created_at = 0;

  bool operator==(const User&) const = default;
};

// SHA-256 of a device's token; the token itself is stored nowhere.
using TokenHash = std::array<std::uint8_t, 32>;

struct Device {
  DeviceId id;
  UserId user;
  TokenHash token_hash{};
  UnixMillis created_at = 0;

  bool operator==(const Device&) const = default;
};

// Whoever holds the device's token: the answer to "who is asking".
struct Identity {
  UserId user;
  DeviceId device;
  std::string name;
  bool guest = true;

  bool operator==(const Identity&) const = default;
};

// Best first. Stores keep the numbers.
enum class Role : std::uint8_t { kOwner, kAdmin, kModerator, kMember, kGuest };

// May mute, remove and lock.
constexpr bool is_host(Role role) {
  return role <= Role::kModerator;
}

// Stores keep the numbers.
enum class ConversationKind : std::uint8_t { kGroup, kChannel, kDirect };

// A user's part in a conversation. The role says what it may do there, not what kind of account it
// is.
struct Member {
  UserId user;
  std::string name;
  Role role = Role::kMember;
  UnixMillis joined_at = 0;
  Number visible_from = 1;  // first message number that the member may read
  bool muted = false;       // may not write here

  bool operator==(const Member&) const = default;
};

// What its hosts decide about a conversation.
struct ConversationProfile {
  std::string title;
  bool archived = false;  // kept to be read: nobody writes or calls
  // The lowest roles that may.
  Role may_post = Role::kGuest;
  Role may_call = Role::kGuest;  // start a call; whoever is a member may join it

  bool operator==(const ConversationProfile&) const = default;
};

// A conversation and its head: the numbers its newest message and its newest change have.
struct Conversation {
  ConversationId id;
  ConversationKind kind = ConversationKind::kGroup;
  ConversationProfile profile;
  std::string invite_code;
  UnixMillis created_at = 0;
  Number last_q = 0;
  Revision last_r = 0;

  bool operator==(const Conversation&) const = default;
};

// One more way in beside the conversation's own code.
struct Invite {
  InviteId id;
  ConversationId conversation;
  std::string code;
  UserId creator;
  UnixMillis created_at = 0;
  UnixMillis expires_at = 0;  // 0: never
  std::int64_t max_uses = 0;  // 0: any number
  std::int64_t uses = 0;

  bool operator==(const Invite&) const = default;
};

struct ConversationView {
  Conversation conversation;
  std::vector<Member> members;  // in the order they joined

  bool operator==(const ConversationView&) const = default;
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

    bool operator==(const MessageCreated&) const = default;
  };

  struct MemberJoined {
    Member member;

    bool operator==(const MemberJoined&) const = default;
  };

  struct MemberUpdated {
    Member member;

    bool operator==(const MemberUpdated&) const = default;
  };

  struct MemberLeft {
    UserId user;

    bool operator==(const MemberLeft&) const = default;
  };

  struct ProfileChanged {
    ConversationProfile profile;

    bool operator==(const ProfileChanged&) const = default;
  };

  ConversationId conversation;
  Revision r = 0;
  UnixMillis at = 0;
  std::variant<MessageCreated, MemberJoined, MemberUpdated, MemberLeft, ProfileChanged> what;

  bool operator==(const ConversationEvent&) const = default;
};

// A durable event of one user's own stream, for all devices of that user.
struct UserEvent {
  struct ConversationAdded {
    Conversation conversation;  // as it was when the user came in

    bool operator==(const ConversationAdded&) const = default;
  };

  struct ConversationRemoved {
    ConversationId conversation;

    bool operator==(const ConversationRemoved&) const = default;
  };

  struct ProfileChanged {
    std::string name;

    bool operator==(const ProfileChanged&) const = default;
  };

  UserId user;
  Revision r = 0;
  UnixMillis at = 0;
  std::variant<ConversationAdded, ConversationRemoved, ProfileChanged> what;

  bool operator==(const UserEvent&) const = default;
};

using Event = std::variant<ConversationEvent, UserEvent>;

}  // namespace parlance::chat
