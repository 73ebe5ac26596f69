#include "chat/service/group_commit.h"

#include <cstddef>
#include <utility>

#include "base/check.h"

namespace parlance::chat {

void GroupCommit::run(Batch batch, UnixMillis now) {
  if (batch.empty()) {
    return;
  }
  counts_.requests += batch.size();
  auto outcome = commit(batch, now);
  if (outcome || batch.size() == 1 || outcome.error() != StoreError::kRefused) {
    settle(batch, std::move(outcome));
    return;
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Batch alone = batch.subspan(i, 1);
    settle(alone, commit(alone, now));
  }
}

std::expected<std::vector<Event>, StoreError> GroupCommit::commit(Batch batch, UnixMillis now) {
  Footprint footprint;
  for (const auto& request : batch) {
    request->announce(footprint);
  }
  session_.begin(footprint);
  Commands commands(session_.reads(), session_.writes(), now);
  try {
    for (const auto& request : batch) {
      request->attempt(commands);
    }
  } catch (const Bug&) {
    session_.rollback();
    return std::unexpected(StoreError::kRefused);
  }
  if (const auto committed = session_.commit(); !committed) {
    return std::unexpected(committed.error());
  }
  ++counts_.commits;
  return commands.take_events();
}

void GroupCommit::settle(Batch batch, std::expected<std::vector<Event>, StoreError> outcome) {
  if (!outcome) {
    (outcome.error() == StoreError::kRefused ? counts_.refused : counts_.unavailable) +=
        batch.size();
    for (const auto& request : batch) {
      request->finish(outcome.error());
    }
    return;
  }
  for (Event& event : *outcome) {
    sink_(std::make_shared<const Event>(std::move(event)));
  }
  for (const auto& request : batch) {
    request->finish(std::nullopt);
  }
}

}  // namespace parlance::chat
