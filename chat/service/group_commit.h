// Many changes in one commit, with no answer and no event before it.
#pragma once

#include <cstdint>
#include <expected>
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
// that one bad request doesn't fail its neighbours.
class GroupCommit {
 public:
  GroupCommit(WriteSession& session, EventSink sink) : session_(session), sink_(std::move(sink)) {}

  void run(std::span<const std::unique_ptr<WriteRequest>> batch, UnixMillis now);

  const CommitCounts& counts() const { return counts_; }

 private:
  using Batch = std::span<const std::unique_ptr<WriteRequest>>;

  std::expected<std::vector<Event>, StoreError> commit(Batch batch, UnixMillis now);
  void settle(Batch batch, std::expected<std::vector<Event>, StoreError> outcome);

  WriteSession& session_;
  EventSink sink_;
  CommitCounts counts_;
};

}  // namespace parlance::chat
