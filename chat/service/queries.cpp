#include "chat/service/queries.h"

#include <algorithm>
#include <limits>
#include <set>
#include <type_traits>
#include <utility>
#include <variant>

#include "chat/domain/permissions.h"
#include "chat/service/page_budget.h"

namespace parlance::chat {

namespace {

constexpr Number kLargest = std::numeric_limits<Number>::max();

constexpr auto fault(ChatError error) {
  return std::unexpected(error);
}

std::size_t text_bytes(const Message& message) {
  return message.body.size();
}

std::size_t text_bytes(const ConversationEvent& event) {
  return std::visit(
      [](const auto& what) -> std::size_t {
        using What = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<What, ConversationEvent::MessageCreated>) {
          return text_bytes(what.message);
        } else if constexpr (std::is_same_v<What, ConversationEvent::ProfileChanged>) {
          return what.profile.title.size();
        } else if constexpr (std::is_same_v<What, ConversationEvent::MemberLeft>) {
          return 0;
        } else {
          return what.member.name.size();
        }
      },
      event.what);
}

std::size_t text_bytes(const UserEvent& event) {
  return std::visit(
      [](const auto& what) -> std::size_t {
        using What = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<What, UserEvent::ConversationAdded>) {
          return what.conversation.profile.title.size();
        } else if constexpr (std::is_same_v<What, UserEvent::ProfileChanged>) {
          return what.name.size();
        } else {
          return 0;
        }
      },
      event.what);
}

bool may_see(const Member& member, const ConversationEvent& event) {
  const auto* created = std::get_if<ConversationEvent::MessageCreated>(&event.what);
  return created == nullptr || may_read(member, created->message.q);
}

// One stream's part of a page: what fits goes to `out`; says how far the reader has come.
template <typename StreamEvent, typename Visible>
Revision take_events(std::vector<StreamEvent> found,
                     Revision after,
                     PageBudget& budget,
                     const Visible& visible,
                     std::vector<Event>& out) {
  for (StreamEvent& event : found) {
    const bool shown = visible(event);
    if (!budget.take(shown ? text_bytes(event) : 0)) {
      break;
    }
    after = event.r;
    if (shown) {
      out.emplace_back(std::move(event));
    }
  }
  return after;
}

}  // namespace

std::expected<Identity, ChatError> Queries::authenticate(const TokenHash& token_hash) {
  auto identity = reads_.directory.device_of(token_hash);
  if (!identity) {
    return fault(ChatError::kUnauthenticated);
  }
  return std::move(*identity);
}

std::expected<ConversationView, ChatError> Queries::conversation(UserId asker, ConversationId id) {
  auto record = reads_.directory.conversation(id);
  if (!record || !reads_.memberships.member(id, asker)) {
    return fault(ChatError::kNotFound);
  }
  return ConversationView{.conversation = std::move(record->conversation),
                          .members = reads_.memberships.members(id)};
}

std::expected<ConversationList, ChatError> Queries::conversations(UserId asker) {
  const auto head = reads_.directory.user(asker);
  if (!head) {
    return fault(ChatError::kUnauthenticated);
  }
  return ConversationList{.conversations = reads_.memberships.conversations_of(asker),
                          .user_r = head->last_r};
}

std::expected<void, ChatError> Queries::admits(UserId asker, ConversationId id) {
  const auto member = reads_.memberships.member(id, asker);
  const auto record = reads_.directory.conversation(id);
  if (!member || !record) {
    return fault(ChatError::kNotFound);
  }
  if (!may_admit(member->role, record->conversation.kind)) {
    return fault(ChatError::kForbidden);
  }
  return {};
}

std::expected<std::vector<Invite>, ChatError> Queries::invites(UserId asker, ConversationId id) {
  if (const auto may = admits(asker, id); !may) {
    return fault(may.error());
  }
  return reads_.invites.invites(id);
}

std::expected<std::vector<UserId>, ChatError> Queries::banned(UserId asker, ConversationId id) {
  if (const auto may = admits(asker, id); !may) {
    return fault(may.error());
  }
  return reads_.memberships.banned(id);
}

std::expected<HistoryPage, ChatError> Queries::history(UserId asker, const HistoryQuery& query) {
  const auto member = reads_.memberships.member(query.conversation, asker);
  if (!member) {
    return fault(ChatError::kNotFound);
  }
  const Number after = std::clamp<Number>(query.after_q.value_or(0), 0, kLargest - 1);
  const Number before = std::max<Number>(query.before_q.value_or(kLargest), 1);
  const bool newest = !query.after_q;
  PageBudget budget(query.limit);
  auto found = reads_.log.messages({.conversation = query.conversation,
                                    .from_q = std::max(member->visible_from, after + 1),
                                    .to_q = before - 1,
                                    .newest = newest,
                                    .limit = budget.entries() + 1});
  if (newest) {
    std::ranges::reverse(found);
  }
  const auto fits = std::ranges::find_if_not(
      found, [&](const Message& message) { return budget.take(text_bytes(message)); });
  HistoryPage page{.messages = {}, .has_more = fits != found.end()};
  found.erase(fits, found.end());
  if (newest) {
    std::ranges::reverse(found);
  }
  page.messages = std::move(found);
  return page;
}

std::expected<SyncPage, ChatError> Queries::sync(UserId asker, const SyncQuery& query) {
  if (query.cursors.size() > kMaxCursors) {
    return fault(ChatError::kInvalid);
  }
  const auto user = reads_.directory.user(asker);
  if (!user) {
    return fault(ChatError::kUnauthenticated);
  }
  PageBudget budget(query.limit);
  SyncPage page;
  if (query.user_r) {
    const Revision asked = std::clamp<Revision>(*query.user_r, 0, user->last_r);
    page.user_r = take_events(
        reads_.log.user_events(asker, asked, budget.entries()),
        asked,
        budget,
        [](const UserEvent&) { return true; },
        page.events);
    page.has_more = *page.user_r < user->last_r;
  }
  std::set<ConversationId> seen;
  for (const Cursor& cursor : query.cursors) {
    if (!seen.insert(cursor.conversation).second) {
      continue;
    }
    const auto member = reads_.memberships.member(cursor.conversation, asker);
    const auto record = reads_.directory.conversation(cursor.conversation);
    if (!member || !record) {
      page.gone.push_back(cursor.conversation);
      continue;
    }
    const Revision last = record->conversation.last_r;
    Revision at = std::clamp<Revision>(cursor.r, 0, last);
    if (at < last && budget.entries() > 0) {
      at = take_events(
          reads_.log.events(cursor.conversation, at, budget.entries()),
          at,
          budget,
          [&](const ConversationEvent& event) { return may_see(*member, event); },
          page.events);
    }
    page.cursors.push_back({.conversation = cursor.conversation, .r = at});
    page.has_more = page.has_more || at < last;
  }
  return page;
}

}  // namespace parlance::chat
