// One connection to Postgres, its prepared statements and its transactions.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <pqxx/pqxx>

#include "base/uuid.h"
#include "chat/adapters/postgres/connection_url.h"
#include "chat/adapters/postgres/watchdog.h"
#include "chat/ports/store.h"

namespace parlance::chat::postgres {

// A statement with a constant text; prepared once per connection, under its name.
struct Statement {
  const char* name;
  const char* sql;
};

// One parameter in text form; the statement's casts say what it is.
class Parameter {
 public:
  // NOLINTBEGIN(google-explicit-constructor): lists of parameters read like the calls they are
  Parameter(std::string text) : text_(std::move(text)) {}

  Parameter(std::int64_t number) : text_(std::to_string(number)), plain_(true) {}

  template <typename Tag>
  Parameter(const Id<Tag>& id) : text_(id.str()), plain_(true) {}

  // NOLINTEND(google-explicit-constructor)

  // An array of ids or numbers.
  static Parameter of_ids(std::string literal) {
    Parameter parameter(std::move(literal));
    parameter.plain_ = true;
    return parameter;
  }

  const std::string& text() const { return text_; }

  // Ids and numbers, which any log may show.
  bool plain() const { return plain_; }

 private:
  std::string text_;
  bool plain_ = false;
};

using Parameters = std::vector<Parameter>;

// The rows of an answer: columns are read from left to right.
//
//   Answer found = connection.run(kUser, {id});
//   if (found.row()) { name = found.text(); last_r = found.integer(); }
class Answer {
 public:
  Answer() = default;

  explicit Answer(pqxx::result result) : result_(std::move(result)) {}

  // Steps to the next row; false at the end.
  bool row() {
    ++row_;
    column_ = 0;
    return row_ <= static_cast<int>(result_.size());
  }

  std::int64_t integer();
  std::string text();
  Uuid uuid();

  template <typename TypedId>
  TypedId id() {
    return TypedId(uuid());
  }

  void skip(int columns) { column_ += columns; }

  // Rows that a statement without an answer has changed.
  std::size_t changed() const { return result_.affected_rows(); }

 private:
  std::string_view next();

  pqxx::result result_;
  int row_ = 0;
  int column_ = 0;
};

// Used by one thread at a time. Remembers the first failure since the transaction began; from then
// on its statements give no rows and change nothing. A connection that was lost is made anew by the
// next transaction.
class Connection {
 public:
  // Both outlive it.
  Connection(const ConnectionUrl& url, Watchdog& watchdog) : url_(url), watchdog_(watchdog) {}

  // Connects, if it isn't. The error is libpq's own text.
  std::expected<void, std::string> connect();

  // The statement, like "BEGIN", is sent together with the transaction's first one.
  void begin(const char* sql);

  // Parameters travel beside the statement's text, so that neither the server's log nor an error
  // shows them; plain ones are a part of it where that saves a round trip.
  Answer run(const Statement& statement, const Parameters& parameters);

  struct Step {
    const Statement& statement;
    Parameters parameters;
  };

  // Several statements in one message, each seeing what the ones before it waited for; the answer
  // is the last one's. The parameters become a part of the text: ids and numbers only.
  Answer run_together(const std::vector<Step>& steps);

  // Runs statements that nothing depends on but their success.
  Answer execute(const std::string& sql);

  std::expected<void, StoreError> commit();
  void rollback();

  // True where the COMMIT was sent and the connection was lost before its answer.
  bool in_doubt() const { return in_doubt_; }

  bool failed() const { return failure_.has_value(); }

  // For a violation of what the ports promise that the database itself can't see.
  void refuse(std::string why);

  // What went wrong last.
  const std::string& trouble() const { return trouble_; }

  // Drops the connection; the server rolls back.
  void disconnect();

 private:
  using Clock = std::chrono::steady_clock;

  // Closes a descriptor at the end.
  struct Descriptor {
    explicit Descriptor(int number_in) : number(number_in) {}

    ~Descriptor();
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    const int number;
  };

  // A live connection; taken down from the last member to the first.
  struct Live {
    explicit Live(const std::string& url);

    pqxx::connection connection;
    // Of our own for the same socket: libpq closes its own whenever it likes, and the watchdog must
    // not meet another socket by the same number.
    Descriptor socket;
    pqxx::quiet_errorhandler quiet;
    pqxx::nontransaction statements;
  };

  // Runs a call of libpqxx and remembers what it throws.
  Answer guarded(const std::function<pqxx::result(Live&)>& call);
  std::string text_of(const Step& step);
  void fail(StoreError error, std::string why);
  void lose(std::string why);

  const ConnectionUrl& url_;
  Watchdog& watchdog_;
  std::unique_ptr<Live> live_;
  const char* begin_ = nullptr;  // not sent yet
  bool fresh_ = false;           // no transaction has used it yet
  bool open_ = false;            // a transaction is open at the server
  bool in_doubt_ = false;
  std::optional<StoreError> failure_;
  std::string trouble_;
  Clock::time_point next_attempt_;
};

}  // namespace parlance::chat::postgres
