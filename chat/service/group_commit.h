// Many changes in one commit, with no answer and no event before it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "chat/ports/store.h"
#include "chat/service/answers.h"
#include "chat/service/commands.h"

namespace parlance::chat {

// A change that somebody waits for.
class WriteRequest {
 public:
  virtual ~WriteRequest() = default;
  virtual void announce(Footprint& footprint) const = 0;
  // Keeps the answer for itself; may be called again, after the first attempt was thrown away.
  virtual void attempt(Commands& commands) = 0;
  // Called once, at the end: answers with what the last attempt gave, or, on an error, with that
  // nothing is known to be stored.
  virtual void finish(std::optional<StoreError> error) = 0;
};

// Since the start.
struct CommitCounts {
  std::uint64_t requests = 0;
  std::uint64_t commits = 0;
  std::uint64_t refused = 0;      // requests that could not be stored even alone
  std::uint64_t unavailable = 0;  // requests that met a failing store
};

// Runs each batch in one transaction: all of its events are published and all of its requests
// answered after the commit. A batch that the store refuses is tried again request by request, so
// that one bad request doesn't fail its neighbours. What a commit kept although it failed is
// published with the next one that doesn't, before that one's own events: nobody sees a gap.
class GroupCommit {
 public:
  GroupCommit(WriteSession& session, EventSink sink) : session_(session), sink_(std::move(sink)) {}

  void run(std::span<const std::unique_ptr<WriteRequest>> batch, UnixMillis now);

  const CommitCounts& counts() const { return counts_; }

  // Streams in doubt, while the store fails; of further ones those who are connected learn when
  // they sync.
  static constexpr std::size_t kMaxDoubts = 4096;

 private:
  using Batch = std::span<const std::unique_ptr<WriteRequest>>;

  // Streams in which a commit that failed may have kept events, each with the revision before them.
  struct Doubts {
    std::map<ConversationId, Revision> conversations = {};
    std::map<UserId, Revision> users = {};
  };

  void doubt(const std::vector<Event>& events);
  std::vector<Event> kept_after_all();
  std::expected<std::vector<Event>, StoreError> commit(Batch batch, UnixMillis now);
  void settle(Batch batch, std::expected<std::vector<Event>, StoreError> outcome);

  WriteSession& session_;
  EventSink sink_;
  CommitCounts counts_;
  Doubts doubts_;
};

}  // namespace parlance::chat
