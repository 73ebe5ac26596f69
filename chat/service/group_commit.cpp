#include "chat/service/group_commit.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <variant>

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
  for (const auto& [conversation, before] : doubts_.conversations) {
    footprint.conversations.push_back(conversation);
  }
  for (const auto& [user, before] : doubts_.users) {
    footprint.users.push_back(user);
  }
  session_.begin(footprint);
  std::vector<Event> events = kept_after_all();
  Commands commands(session_.reads(), session_.writes(), now);
  try {
    for (const auto& request : batch) {
      request->attempt(commands);
    }
  } catch (const Bug&) {
    session_.rollback();
    return std::unexpected(StoreError::kRefused);
  }
  std::vector<Event> made = commands.take_events();
  if (const auto committed = session_.commit(); !committed) {
    if (committed.error() == StoreError::kUnavailable) {
      doubt(made);
    }
    return std::unexpected(committed.error());
  }
  ++counts_.commits;
  doubts_ = {};
  std::ranges::move(made, std::back_inserter(events));
  return events;
}

void GroupCommit::doubt(const std::vector<Event>& events) {
  // The first event of a stream that is in doubt says where to look: it stays.
  const auto note = [this](auto& streams, const auto& stream, Revision r) {
    if (doubts_.conversations.size() + doubts_.users.size() < kMaxDoubts) {
      streams.try_emplace(stream, r - 1);
    }
  };
  for (const Event& event : events) {
    if (const auto* of_user = std::get_if<UserEvent>(&event)) {
      note(doubts_.users, of_user->user, of_user->r);
    } else {
      const auto& of_conversation = std::get<ConversationEvent>(event);
      note(doubts_.conversations, of_conversation.conversation, of_conversation.r);
    }
  }
}

std::vector<Event> GroupCommit::kept_after_all() {
  EventLog& log = session_.reads().log;
  std::vector<Event> kept;
  const auto take_all = [&kept](Revision last, const auto& next_page) {
    for (bool more = true; more;) {
      auto page = next_page(last);
      more = page.size() == kMaxPage;
      for (auto& event : page) {
        last = event.r;
        kept.emplace_back(std::move(event));
      }
    }
  };
  for (const auto& [conversation, before] : doubts_.conversations) {
    take_all(before, [&](Revision last) { return log.events(conversation, last, kMaxPage); });
  }
  for (const auto& [user, before] : doubts_.users) {
    take_all(before, [&](Revision last) { return log.user_events(user, last, kMaxPage); });
  }
  return kept;
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
