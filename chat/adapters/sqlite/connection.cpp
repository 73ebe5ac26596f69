#include "chat/adapters/sqlite/connection.h"

#include <algorithm>
#include <array>
#include <utility>

#include <sqlite3.h>

namespace parlance::chat {

namespace {

// Only connections of this process share the file (database_lock.h), and they wait for each other
// only while one of them recovers or truncates the write-ahead log.
constexpr int kBusyTimeoutMs = 5'000;

// A violated constraint or a value that SQLite can't take is this transaction's fault, everything
// else the environment's.
StoreError classify(int code) {
  switch (code & 0xFF) {
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
      return StoreError::kRefused;
    default:
      return StoreError::kUnavailable;
  }
}

}  // namespace

void Connection::CloseDatabase::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

void Connection::FinalizeStatement::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

std::expected<std::unique_ptr<Connection>, std::string> Connection::open(const SqliteFile& file) {
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(
      file.path.c_str(), &database, kFlags, file.vfs.empty() ? nullptr : file.vfs.c_str());
  std::unique_ptr<Connection> connection(new Connection(database));
  if (code != SQLITE_OK) {
    return std::unexpected(database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database));
  }
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_timeout(database, kBusyTimeoutMs);
  // FULL: the log is on the disk before COMMIT returns (SQLite's manual, PRAGMA synchronous).
  std::string pragmas =
      "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;";
  if (file.read_only) {
    pragmas += "PRAGMA query_only=ON;";
  }
  if (auto set = connection->execute(pragmas); !set) {
    return std::unexpected(std::move(set.error()));
  }
  return connection;
}

std::expected<void, std::string> Connection::execute(const std::string& sql) {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return std::unexpected(sqlite3_errmsg(database_.get()));
  }
  return {};
}

std::expected<std::string, std::string> Connection::answer(const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &raw, nullptr);
  const Statement statement(raw);
  if (code == SQLITE_OK) {
    code = sqlite3_step(raw);
  }
  if (code == SQLITE_DONE) {
    return std::string();
  }
  if (code != SQLITE_ROW) {
    return std::unexpected(sqlite3_errmsg(database_.get()));
  }
  const void* text = sqlite3_column_blob(raw, 0);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(raw, 0));
  return text == nullptr ? std::string() : std::string(static_cast<const char*>(text), size);
}

void Connection::begin(const char* sql) {
  failure_.reset();
  Execution(*this, sql).run();
}

std::expected<void, StoreError> Connection::commit() {
  if (!failed()) {
    Execution(*this, "COMMIT").run();
  }
  if (!failure_) {
    return {};
  }
  const StoreError error = *failure_;
  rollback();
  return std::unexpected(error);
}

void Connection::rollback() {
  // Some failures end the transaction by themselves (SQLite's manual, "Response To Errors Within A
  // Transaction"); then there is nothing left to do. A ROLLBACK that fails is tried again by the
  // next one, until when BEGIN fails too.
  if (sqlite3_get_autocommit(database_.get()) == 0) {
    sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Connection::fail(int code) {
  if (!failed()) {
    failure_ = classify(code);
    trouble_ = sqlite3_errmsg(database_.get());
    trouble_ += " (";
    trouble_ += std::to_string(code);
    trouble_ += ")";
  }
}

void Connection::refuse(std::string why) {
  if (!failed()) {
    failure_ = StoreError::kRefused;
    trouble_ = std::move(why);
  }
}

sqlite3_stmt* Connection::prepared(const char* sql) {
  Statement& statement = statements_[sql];
  if (!statement) {
    sqlite3_stmt* raw = nullptr;
    const int code =
        sqlite3_prepare_v3(database_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    statement.reset(raw);
    if (code != SQLITE_OK) {
      fail(code);
    }
  }
  return statement.get();
}

Execution::Execution(Connection& connection, const char* sql)
    : connection_(connection),
      statement_(connection.failed() ? nullptr : connection.prepared(sql)) {}

Execution::~Execution() {
  if (statement_ != nullptr) {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
}

void Execution::check(int code) {
  if (code != SQLITE_OK) {
    connection_.fail(code);
  }
}

Execution& Execution::bind(std::int64_t value) {
  if (!connection_.failed()) {
    check(sqlite3_bind_int64(statement_, ++parameter_, value));
  }
  return *this;
}

Execution& Execution::bind(std::string_view text) {
  // A null pointer would bind NULL.
  const char* data = text.data() == nullptr ? "" : text.data();
  if (!connection_.failed()) {
    check(sqlite3_bind_text64(statement_, ++parameter_, data, text.size(), nullptr, SQLITE_UTF8));
  }
  return *this;
}

Execution& Execution::bind(std::span<const std::uint8_t> bytes) {
  if (!connection_.failed()) {
    check(sqlite3_bind_blob64(statement_, ++parameter_, bytes.data(), bytes.size(), nullptr));
  }
  return *this;
}

Execution& Execution::null() {
  if (!connection_.failed()) {
    check(sqlite3_bind_null(statement_, ++parameter_));
  }
  return *this;
}

bool Execution::row() {
  if (connection_.failed()) {
    return false;
  }
  column_ = 0;
  const int code = sqlite3_step(statement_);
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    connection_.fail(code);
  }
  return code == SQLITE_ROW;
}

int Execution::run() {
  while (row()) {
  }
  return connection_.failed() ? 0 : sqlite3_changes(connection_.database_.get());
}

std::int64_t Execution::integer() {
  return sqlite3_column_int64(statement_, column_++);
}

std::string Execution::text() {
  // As a blob the column gives its UTF-8 bytes as they are stored, through a pointer that needs no
  // cast.
  const void* data = sqlite3_column_blob(statement_, column_);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column_));
  ++column_;
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

void Execution::blob(std::span<std::uint8_t> out) {
  const void* data = sqlite3_column_blob(statement_, column_);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column_));
  ++column_;
  if (data != nullptr && size == out.size()) {
    std::ranges::copy(std::span(static_cast<const std::uint8_t*>(data), size), out.begin());
  }
}

}  // namespace parlance::chat
