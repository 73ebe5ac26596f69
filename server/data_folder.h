// The folder with everything that the server keeps: made, locked, and read by the commands.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>

namespace parlance::server {

// Locked for as long as it lives: one server at a time. The kernel lets go of the lock when the
// process ends, however that happens.
class DataFolder {
 public:
  // Makes the folder when it isn't there. The error is a text for the operator.
  static std::expected<DataFolder, std::string> open(const std::filesystem::path& path);

  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;
  ~DataFolder();

  const std::filesystem::path& path() const { return path_; }

  // Replaces the file as a whole, readable by its owner only. False when the folder refuses.
  bool write_private(const std::string& name, const std::string& text) const;
  void remove(const std::string& name) const;

 private:
  DataFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::filesystem::path path_;
  int lock_;
};

// The file's text without the newline at its end.
std::optional<std::string> read_text(const std::filesystem::path& file);

// Names of files in the data folder.
inline constexpr const char* kAdminTokenFile = "admin.token";
inline constexpr const char* kAdminUrlFile = "admin.url";
inline constexpr const char* kLanCertificateFile = "lan.crt";
inline constexpr const char* kLanKeyFile = "lan.key";
inline constexpr const char* kTokenKeysFolder = "token-keys";

}  // namespace parlance::server
