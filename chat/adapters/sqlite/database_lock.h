// A database file, held by one process at a time.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace parlance::chat {

// Holds `<file>.lock` beside the database by flock(2), which ends with the process however it ends.
// SQLite itself lets several processes in, and they would number and publish past each other.
class DatabaseLock {
 public:
  // Makes the folder if it is missing, for its owner alone. The error says what is in the way: the
  // path and the system's reason, or the process that has the database.
  static std::expected<DatabaseLock, std::string> take(const std::filesystem::path& database);

  DatabaseLock(DatabaseLock&& other) noexcept;
  DatabaseLock& operator=(DatabaseLock&& other) noexcept;
  ~DatabaseLock();

 private:
  explicit DatabaseLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace parlance::chat
