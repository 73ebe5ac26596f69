#include "chat/adapters/sqlite/sqlite_store.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "chat/adapters/sqlite/database_lock.h"
#include "chat/adapters/sqlite/schema.h"
#include "chat/adapters/sqlite/sqlite_reads.h"
#include "chat/adapters/sqlite/sqlite_writes.h"

namespace parlance::chat {

namespace {

class SqliteReadSession final : public ReadSession {
 public:
  explicit SqliteReadSession(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

  void begin() override { connection_->begin("BEGIN"); }

  StoreReads reads() override { return reads_.all(); }

  std::expected<void, StoreError> end() override { return connection_->commit(); }

  std::string trouble() const override { return connection_->trouble(); }

 private:
  std::unique_ptr<Connection> connection_;
  SqliteReads reads_{*connection_};
};

class SqliteWriteSession final : public WriteSession {
 public:
  explicit SqliteWriteSession(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

  // The database has one writer at a time, so that there are no heads to lock one by one.
  void begin(const Footprint& /*footprint*/) override { connection_->begin("BEGIN IMMEDIATE"); }

  StoreReads reads() override { return reads_.all(); }

  StoreWrites writes() override { return writes_.all(); }

  std::expected<void, StoreError> commit() override { return connection_->commit(); }

  void rollback() override { connection_->rollback(); }

  std::string trouble() const override { return connection_->trouble(); }

 private:
  std::unique_ptr<Connection> connection_;
  SqliteReads reads_{*connection_};
  SqliteWrites writes_{*connection_};
};

class SqliteStore final : public Store {
 public:
  SqliteStore(DatabaseLock lock, SqliteFile file)
      : lock_(std::move(lock)), file_(std::move(file)) {}

  std::expected<std::unique_ptr<WriteSession>, std::string> open_writer() override {
    return open<SqliteWriteSession, WriteSession>(false);
  }

  std::expected<std::unique_ptr<ReadSession>, std::string> open_reader() override {
    return open<SqliteReadSession, ReadSession>(true);
  }

 private:
  template <typename Session, typename Port>
  std::expected<std::unique_ptr<Port>, std::string> open(bool read_only) {
    SqliteFile file = file_;
    file.read_only = read_only;
    auto connection = Connection::open(file);
    if (!connection) {
      return std::unexpected("The database " + file_.path +
                             " can't be opened: " + connection.error() + ".");
    }
    return std::make_unique<Session>(std::move(*connection));
  }

  DatabaseLock lock_;
  SqliteFile file_;
};

}  // namespace

std::expected<std::unique_ptr<Store>, std::string> open_sqlite_store(SqliteFile file) {
  std::error_code error;
  // Absolute, so that no name means anything special to SQLite.
  const std::filesystem::path path = std::filesystem::absolute(file.path, error);
  if (error || !path.has_filename() || std::filesystem::is_directory(path, error)) {
    return std::unexpected(
        "\"" + file.path +
        "\" names no file for the database: give the file's path with storage.url (--storage).");
  }
  auto lock = DatabaseLock::take(path);
  if (!lock) {
    return std::unexpected(std::move(lock.error()));
  }
  file.path = path.string();
  const auto connection = Connection::open(file);
  if (!connection) {
    return std::unexpected(
        "The database " + file.path + " can't be opened: " + connection.error() +
        ". Make sure that it is readable and writable for the user that runs the "
        "server, or name another file with storage.url (--storage).");
  }
  if (auto upgraded = upgrade_schema(**connection, file.path); !upgraded) {
    return std::unexpected(std::move(upgraded.error()));
  }
  return std::make_unique<SqliteStore>(std::move(*lock), std::move(file));
}

}  // namespace parlance::chat
