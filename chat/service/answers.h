// What the messenger answers, and what it can't do.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chat/domain/types.h"

namespace parlance::chat {

enum class ChatError : std::uint8_t {
  kNotFound,  // no such thing, or none that the asker may know of
  kForbidden,
  kInvalid,          // empty, too long, not UTF-8, control characters, the nil id
  kUnauthenticated,  // no such token, or a user that isn't there
  kConflict,         // that id is taken by something else
  kTooMany,          // members in the conversation, or conversations of the user
  kWeakPassword,     // too short, or one of those that everybody tries
  kBusy,             // too many passwords wait to be hashed: try again
  kUnavailable,      // the store is busy or failing: try again
};

// Answered exactly once, on the executor given with the call.
template <typename T>
using Reply = std::move_only_function<void(std::expected<T, ChatError>)>;

struct NewGuest {
  Identity identity;
  std::string token;  // 43 characters of base64url, shown once; only its hash is stored
};

struct Sent {
  Message message;
  bool duplicate = false;  // this cmid was committed before: same answer again
};

struct NewConversation {
  std::string title;
  ConversationKind kind = ConversationKind::kGroup;  // or a channel
};

struct HistoryQuery {
  ConversationId conversation;
  std::optional<Number> before_q = {};  // messages with smaller numbers, the newest of them
  std::optional<Number> after_q = {};   // messages with larger numbers, the oldest of them
                                        // neither: the newest; both: the oldest between them
  std::size_t limit = 50;
};

struct HistoryPage {
  std::vector<Message> messages;  // ascending by q
  bool has_more = false;          // in the direction asked for; a page may end before its limit
};

struct Cursor {
  ConversationId conversation;
  Revision r = 0;  // the last revision the device has
};

struct SyncQuery {
  std::vector<Cursor> cursors;
  std::optional<Revision> user_r = {};  // of the user's own stream
  std::size_t limit = 200;              // events in all
};

struct SyncPage {
  std::vector<Event> events;    // per stream ascending by r, none left out but messages from
                                // before the member's visible_from
  std::vector<Cursor> cursors;  // where each asked conversation stands after these events;
                                // below what was asked where the device knows more than the store
  std::optional<Revision> user_r = {};
  std::vector<ConversationId> gone;  // asked for, but the user is no member
  bool has_more = false;
};

// All conversations of the user and the revision of the user's stream that this list is of.
struct ConversationList {
  std::vector<Conversation> conversations;
  Revision user_r = 0;
};

// Where committed changes go. After kUnavailable a revision may be in the store and yet never have
// come here: whoever sees the gap catches up by sync.
using EventSink = std::function<void(std::shared_ptr<const Event>)>;

}  // namespace parlance::chat
