#include "server/data_folder.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace parlance::server {

namespace {

constexpr const char* kLockFile = "lock";
constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string reason() {
  return std::generic_category().message(errno);
}

}  // namespace

std::expected<DataFolder, std::string> DataFolder::open(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::create_directories(path, error)) {
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  }
  if (error || !std::filesystem::is_directory(path, error)) {
    return std::unexpected(
        fmt::format("the data folder {} can't be made{}{}; give another one with --data",
                    path.string(),
                    error ? ": " : "",
                    error ? error.message() : ""));
  }
  const auto lock_path = path / kLockFile;
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly);
  if (lock < 0) {
    return std::unexpected(fmt::format(
        "the data folder {} can't be written: {}; change its owner or give another one with --data",
        path.string(),
        reason()));
  }
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const auto holder = read_text(lock_path).value_or("");
    close(lock);
    return std::unexpected(
        fmt::format("the data folder {} is in use by another server{}{}; stop that one or give "
                    "another folder with --data",
                    path.string(),
                    holder.empty() ? "" : ", process ",
                    holder));
  }
  if (ftruncate(lock, 0) != 0 || !write_all(lock, std::to_string(getpid()) + "\n")) {
    const std::string why = reason();
    close(lock);
    return std::unexpected(
        fmt::format("the data folder {} can't be written: {}", path.string(), why));
  }
  return DataFolder(path, lock);
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

DataFolder::~DataFolder() {
  if (lock_ >= 0) {
    close(lock_);
  }
}

bool DataFolder::write_private(const std::string& name, const std::string& text) const {
  const auto target = path_ / name;
  const auto draft = path_ / (name + ".new");
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kOwnerOnly);
  if (file < 0) {
    return false;
  }
  const bool written = fchmod(file, kOwnerOnly) == 0 && write_all(file, text);
  close(file);
  std::error_code error;
  if (written) {
    std::filesystem::rename(draft, target, error);
  }
  return written && !error;
}

void DataFolder::remove(const std::string& name) const {
  std::error_code ignored;
  std::filesystem::remove(path_ / name, ignored);
}

std::optional<std::string> read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) {
    return std::nullopt;
  }
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return text;
}

}  // namespace parlance::server
