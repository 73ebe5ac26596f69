#include "chat/adapters/sqlite/data_folder.h"

#include <array>
#include <cctype>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace parlance::chat {

namespace {

constexpr int kNone = -1;
constexpr mode_t kLockFileMode = 0644;
constexpr std::string_view kAdvice =
    ". Make it writable for the user that runs the server, or choose another place in store.url.";

std::string reason(int error) {
  return std::system_category().message(error);
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

std::expected<DataFolder, std::string> DataFolder::lock(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return std::unexpected("The data folder " + folder.string() +
                           " can't be made: " + error.message() + std::string(kAdvice));
  }
  const std::filesystem::path file = folder / "parlance.lock";
  DataFolder locked(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kLockFileMode));
  if (locked.descriptor_ == kNone) {
    return std::unexpected("The data folder " + folder.string() + " can't be used: " +
                           file.string() + ": " + reason(errno) + std::string(kAdvice));
  }
  if (flock(locked.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return std::unexpected("The data folder " + folder.string() +
                             " can't be locked: " + reason(errno) + std::string(kAdvice));
    }
    return std::unexpected("The data folder " + folder.string() + " is in use by " +
                           holder(locked.descriptor_) +
                           ". Stop that server first, or choose another place in store.url.");
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  const bool written =
      ftruncate(locked.descriptor_, 0) == 0 &&
      pwrite(locked.descriptor_, pid.data(), pid.size(), 0) == static_cast<ssize_t>(pid.size());
  if (!written) {
    return std::unexpected("The data folder " + folder.string() +
                           " can't be written: " + reason(errno) + std::string(kAdvice));
  }
  return locked;
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, kNone)) {}

DataFolder& DataFolder::operator=(DataFolder&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

DataFolder::~DataFolder() {
  if (descriptor_ != kNone) {
    close(descriptor_);
  }
}

}  // namespace parlance::chat
