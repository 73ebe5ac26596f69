// The folder of a database, held by one server at a time.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace parlance::chat {

// Holds `parlance.lock` in the folder by flock(2), which ends with the process however it ends.
class DataFolder {
 public:
  // Makes the folder if it is missing. The error says what is in the way: the path and the system's
  // reason, or the process that has the folder.
  static std::expected<DataFolder, std::string> lock(const std::filesystem::path& folder);

  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&& other) noexcept;
  ~DataFolder();

 private:
  explicit DataFolder(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace parlance::chat
