#include "chat/adapters/sqlite/database_lock.h"

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace parlance::chat {

namespace {

constexpr int kNone = -1;
constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;
constexpr std::string_view kAdvice =
    ". Make its folder writable for the user that runs the server, or name another file with "
    "storage.url (--storage).";

std::unexpected<std::string> in_the_way(const std::filesystem::path& what, int error) {
  return std::unexpected(what.string() + " can't be made: " +
                         std::system_category().message(error) + std::string(kAdvice));
}

// What the holder wrote into the file: digits, or nothing if it is just starting.
std::string holder(int descriptor) {
  std::array<char, 32> text{};
  const ssize_t size = pread(descriptor, text.data(), text.size(), 0);
  std::string_view pid(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  pid = pid.substr(0, pid.find_first_not_of("0123456789"));
  return pid.empty() ? "another process" : "process " + std::string(pid);
}

}  // namespace

std::expected<DatabaseLock, std::string> DatabaseLock::take(const std::filesystem::path& database) {
  std::error_code error;
  const std::filesystem::path folder = database.parent_path();
  if (std::filesystem::create_directories(folder, error)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }
  if (error) {
    return in_the_way(folder, error.value());
  }
  const std::string file = database.string() + ".lock";
  DatabaseLock lock(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly));
  if (lock.descriptor_ == kNone) {
    return in_the_way(file, errno);
  }
  if (flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return in_the_way(file, errno);
    }
    return std::unexpected(
        "The database " + database.string() + " is in use by " + holder(lock.descriptor_) +
        ". Stop that server first, or name another file with storage.url (--storage).");
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  const bool written =
      ftruncate(lock.descriptor_, 0) == 0 &&
      pwrite(lock.descriptor_, pid.data(), pid.size(), 0) == static_cast<ssize_t>(pid.size());
  if (!written) {
    return in_the_way(file, errno);
  }
  return lock;
}

DatabaseLock::DatabaseLock(DatabaseLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, kNone)) {}

DatabaseLock& DatabaseLock::operator=(DatabaseLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

DatabaseLock::~DatabaseLock() {
  if (descriptor_ != kNone) {
    close(descriptor_);
  }
}

}  // namespace parlance::chat
