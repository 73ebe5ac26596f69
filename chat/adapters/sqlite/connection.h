// One SQLite connection and its prepared statements.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/uuid.h"
#include "chat/ports/store.h"

struct sqlite3;
struct sqlite3_stmt;

namespace parlance::chat {

// Where the database is and how it is opened.
struct SqliteFile {
  std::string path;
  // Empty for the operating system's files; tests name one of their own that fails.
  std::string vfs = {};
  bool read_only = false;
};

// Used by one thread at a time. Remembers the first failure since the transaction began; from then
// on its statements give no rows and change nothing.
class Connection {
 public:
  // The error is SQLite's own text.
  static std::expected<std::unique_ptr<Connection>, std::string> open(const SqliteFile& file);

  // Runs statements without parameters or answers that matter, outside of the failure's memory.
  std::expected<void, std::string> execute(const std::string& sql);
  // The first column of a statement's first row, as a text; empty where there is no row.
  std::expected<std::string, std::string> answer(const std::string& sql);

  void begin(const char* sql);
  std::expected<void, StoreError> commit();
  void rollback();

  bool failed() const { return failure_.has_value(); }

  std::optional<StoreError> failure() const { return failure_; }

  // What went wrong last, in SQLite's words.
  const std::string& trouble() const { return trouble_; }

  void fail(int code);
  // For a violation of what the ports promise that SQLite itself can't see.
  void refuse(std::string why);

 private:
  friend class Execution;

  struct CloseDatabase {
    void operator()(sqlite3* database) const;
  };

  struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const;
  };

  using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

  explicit Connection(sqlite3* database) : database_(database) {}

  sqlite3_stmt* prepared(const char* sql);

  std::unique_ptr<sqlite3, CloseDatabase> database_;
  std::map<const char*, Statement> statements_;  // by the address of a constant text
  std::optional<StoreError> failure_;
  std::string trouble_;
};

// One run of a prepared statement: parameters are bound and columns read from left to right.
//
//   Execution found(connection, "SELECT name, last_r FROM users WHERE id = ?");
//   if (found.bind(id).row()) { name = found.text(); last_r = found.integer(); }
//
// Bound bytes and texts are lent until it goes. The statement's text has to be a constant: it is
// prepared once per connection.
class Execution {
 public:
  Execution(Connection& connection, const char* sql);
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  Execution& bind(std::int64_t value);
  Execution& bind(std::string_view text);
  Execution& bind(std::span<const std::uint8_t> bytes);

  Execution& bind(const Uuid& id) { return bind(std::span<const std::uint8_t>(id.bytes())); }

  template <typename Tag>
  Execution& bind(const Id<Tag>& id) {
    return bind(id.uuid());
  }

  Execution& null();

  // Steps to the next row; false at the end and after a failure.
  bool row();
  // Runs to the end; the number of rows changed.
  int run();

  std::int64_t integer();
  std::string text();

  // Bytes of a fixed number; zeros where the column holds another number of them.
  template <typename Bytes>
  Bytes bytes() {
    Bytes read{};
    blob(read);
    return read;
  }

  Uuid uuid() { return Uuid(bytes<std::array<std::uint8_t, 16>>()); }

  template <typename TypedId>
  TypedId id() {
    return TypedId(uuid());
  }

  void skip(int columns) { column_ += columns; }

 private:
  void check(int code);
  void blob(std::span<std::uint8_t> out);

  Connection& connection_;
  sqlite3_stmt* statement_;
  int parameter_ = 0;
  int column_ = 0;
};

}  // namespace parlance::chat
