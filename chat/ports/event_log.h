// The streams: every change of a conversation and of a user, numbered without a gap, and the
// messages.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include "chat/domain/types.h"

namespace parlance::chat {

// Messages of one conversation with from_q <= q <= to_q: the newest `limit` of them, or the oldest.
struct MessageRange {
  ConversationId conversation;
  Number from_q = 1;
  Number to_q = std::numeric_limits<Number>::max();
  bool newest = true;
  std::size_t limit = kMaxPage;
};

// Reading, with the guarantees of Directory. Events come back equal to what was appended, in the
// order of their revisions and without a gap; messages ascend by q.
class EventLog {
 public:
  virtual ~EventLog() = default;
  virtual std::optional<Message> message(ConversationId conversation, MessageId cmid) = 0;
  virtual std::vector<Message> messages(const MessageRange& range) = 0;
  // The oldest `limit` events with revisions above `after`.
  virtual std::vector<ConversationEvent> events(ConversationId conversation,
                                                Revision after,
                                                std::size_t limit) = 0;
  virtual std::vector<UserEvent> user_events(UserId user, Revision after, std::size_t limit) = 0;
};

// Appending, with the guarantees of DirectoryWriter. The head of a stream is its arbiter: an event
// that isn't exactly one above it (for a message: in q as well as in r), or a message whose id the
// conversation has already, refuses the transaction. Appending moves the head; a MessageCreated
// stores the message.
class EventLogWriter {
 public:
  virtual ~EventLogWriter() = default;
  virtual void append(const ConversationEvent& event) = 0;
  virtual void append(const UserEvent& event) = 0;
};

}  // namespace parlance::chat
