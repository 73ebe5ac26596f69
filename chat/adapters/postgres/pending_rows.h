// What a transaction is going to write, gathered so that one statement writes a whole batch.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "chat/adapters/postgres/array_literal.h"
#include "chat/adapters/postgres/connection.h"
#include "chat/domain/types.h"
#include "chat/ports/directory.h"

namespace parlance::chat::postgres {

// Rows as one array per column, for unnest().
template <std::size_t kColumns>
class Rows {
 public:
  template <typename... Values>
  void add(const Values&... values) {
    static_assert(sizeof...(Values) == kColumns);
    std::size_t column = 0;
    (add_to(columns_[column++], values), ...);
  }

  std::size_t size() const { return columns_[0].size(); }

  // The columns as parameters; the rows are gone afterwards.
  Parameters take() {
    Parameters parameters;
    for (ArrayLiteral& column : std::exchange(columns_, {})) {
      parameters.emplace_back(column.str());
    }
    return parameters;
  }

 private:
  static void add_to(ArrayLiteral& column, std::nullopt_t) { column.add_null(); }

  template <typename Value>
  static void add_to(ArrayLiteral& column, const Value& value) {
    column.add(value);
  }

  std::array<ArrayLiteral, kColumns> columns_;
};

// Rows that belong to one transaction, in the shape of the statements that write them.
class PendingRows {
 public:
  using MemberKey = std::pair<ConversationId, UserId>;

  void add(const User& user, const Device& device);
  void rename(UserId id, std::string_view name);
  void add(const ConversationRecord& record);
  void put(ConversationId conversation, const Member& member);
  void erase(ConversationId conversation, UserId user);
  // The events; their heads are moved by move().
  void add(const ConversationEvent& event);
  void add(const UserEvent& event);
  // Where a stream's head is now.
  void move(const Conversation& head);
  void move(const UserHead& head);

  // A member that comes back after it was erased is a new row.
  bool erases(ConversationId conversation, UserId user) const;

  bool empty() const { return empty_; }

  // Writes everything in the order in which rows need each other. What can't be written fails the
  // connection's transaction.
  void flush(Connection& connection);

  void clear() { *this = PendingRows(); }

 private:
  // One per kind of change: a kind that has no row here doesn't compile.
  void store(const ConversationEvent& event, const ConversationEvent::MessageCreated& created);
  void store(const ConversationEvent& event, const ConversationEvent::MemberJoined& joined);
  void store(const ConversationEvent& event, const ConversationEvent::MemberUpdated& updated);
  void store(const ConversationEvent& event, const ConversationEvent::MemberLeft& left);
  void store(const ConversationEvent& event, const ConversationEvent::ProfileChanged& changed);
  void store(const UserEvent& event, const UserEvent::ConversationAdded& added);
  void store(const UserEvent& event, const UserEvent::ConversationRemoved& removed);
  void store(const UserEvent& event, const UserEvent::ProfileChanged& profile);
  void add_member_event(const ConversationEvent& event, std::int64_t kind, const Member& member);

  void flush_people(Connection& connection);
  void flush_members(Connection& connection);
  void flush_log(Connection& connection);

  bool empty_ = true;
  Rows<4> users_;
  Rows<4> devices_;
  std::map<UserId, std::string> names_;
  Rows<9> conversations_;
  std::map<MemberKey, std::optional<Member>> members_;  // nothing: to be erased
  std::map<ConversationId, ConversationProfile> profiles_;
  std::map<ConversationId, std::pair<Number, Revision>> heads_;
  Rows<8> messages_;
  Rows<13> events_;
  std::map<UserId, Revision> user_heads_;
  Rows<14> user_events_;
};

}  // namespace parlance::chat::postgres
