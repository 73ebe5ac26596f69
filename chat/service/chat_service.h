// Everything the messenger can do, as the signaling threads ask for it.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/executor.h"
#include "chat/domain/types.h"

namespace parlance::chat {

enum class ChatError : std::uint8_t {
  kNotFound,  // no such thing, or none that the asker may know of
  kForbidden,
  kInvalid,          // empty, too long, not UTF-8, control characters, the nil id
  kUnauthenticated,  // no such token, or a user that isn't there
  kConflict,         // that id is taken by something else
  kTooMany,          // members in the conversation, or conversations of the user
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

// One per process. Calls are safe from every thread, never block, and answer on `reply_on`. What
// has been answered with success is committed to the store. Each committed change is handed to the
// event sink, in revision order per stream, after its commit and before its answer; the sink is
// called on a store thread. kUnavailable means "not known to be committed": send the same request
// again.
class ChatService {
 public:
  virtual ~ChatService() = default;

  virtual void create_guest(std::string name, Executor& reply_on, Reply<NewGuest> reply) = 0;
  virtual void authenticate(std::string token, Executor& reply_on, Reply<Identity> reply) = 0;
  virtual void rename_user(UserId user,
                           std::string name,
                           Executor& reply_on,
                           Reply<User> reply) = 0;

  // The id is the client's, so that a retry is the same request. The creator becomes its owner.
  // kConflict where the id is taken by a conversation that the asker didn't create or has left.
  virtual void create_conversation(UserId creator,
                                   ConversationId id,
                                   std::string title,
                                   Executor& reply_on,
                                   Reply<ConversationView> reply) = 0;
  virtual void get_conversation(UserId asker,
                                ConversationId id,
                                Executor& reply_on,
                                Reply<ConversationView> reply) = 0;

  // All conversations of the user and the revision of the user's stream that this list is of.
  struct ConversationList {
    std::vector<Conversation> conversations;
    Revision user_r = 0;
  };

  virtual void list_conversations(UserId asker,
                                  Executor& reply_on,
                                  Reply<ConversationList> reply) = 0;
  // Idempotent: a member who comes again gets the conversation and causes no event.
  virtual void accept_invite(UserId user,
                             std::string code,
                             Executor& reply_on,
                             Reply<ConversationView> reply) = 0;
  // Hosts remove whoever ranks below them; everybody may leave. kNotFound where the member is gone
  // already.
  virtual void remove_member(
      UserId asker, ConversationId id, UserId member, Executor& reply_on, Reply<void> reply) = 0;

  // For as long as the message exists, the same cmid gives the same answer and takes no number;
  // kConflict where somebody else's message of the conversation has that id.
  virtual void send_message(UserId sender,
                            ConversationId conversation,
                            MessageId cmid,
                            std::string body,
                            Executor& reply_on,
                            Reply<Sent> reply) = 0;
  virtual void history(UserId asker,
                       HistoryQuery query,
                       Executor& reply_on,
                       Reply<HistoryPage> reply) = 0;
  virtual void sync(UserId asker, SyncQuery query, Executor& reply_on, Reply<SyncPage> reply) = 0;

  // Answers everything queued, commits, and stops the store threads. Blocks; for the main thread.
  virtual void stop() = 0;
};

// Where committed changes go. After kUnavailable a revision may be in the store and yet never have
// come here: whoever sees the gap catches up by sync.
using EventSink = std::function<void(std::shared_ptr<const Event>)>;

}  // namespace parlance::chat
