// A Postgres server of the test program's own.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

namespace parlance::test {

// A server in a temporary folder, reached by a Unix socket in it, with fsync on; it ends with this
// object and also with the test program, however that ends. Postgres refuses to run as root: then
// it runs as an unprivileged user.
class PrivatePostgres {
 public:
  // The error says what is missing on this machine, or what the server said.
  static std::expected<std::unique_ptr<PrivatePostgres>, std::string> start(
      std::vector<std::string> settings = {});

  ~PrivatePostgres();
  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;

  // The one of the whole test program, started by the first call; or why there is none.
  static std::expected<PrivatePostgres*, std::string> shared();

  // The superuser's address of a database, which is made if it isn't there.
  std::string database(const std::string& name);
  void drop(const std::string& name);
  // By pg_dump and pg_restore, as docs/operations.md says.
  void back_up(const std::string& database, const std::filesystem::path& file);
  void restore(const std::string& database, const std::filesystem::path& file);

  // Addresses of a database for a user with a password, and with a wrong one.
  std::string address(const std::string& database,
                      const std::string& user = "postgres",
                      const std::string& password = "") const;

  // Runs SQL as the superuser; what psql printed.
  std::string sql(const std::string& database, const std::string& statements);

  // Like a machine that is switched off; whoever is connected is cut off.
  void stop();
  void start_again();
  // It neither answers nor closes anything until it goes on.
  void freeze();
  void thaw();

  const std::filesystem::path& folder() const { return folder_; }

  // All that the server has logged.
  std::string log() const;

 private:
  PrivatePostgres() = default;

  void launch();
  // Runs one of Postgres' programs; what it printed. Throws where it fails.
  std::string run(const std::string& program, const std::string& arguments) const;

  std::filesystem::path folder_;
  std::filesystem::path programs_;
  std::vector<std::string> settings_;
  pid_t server_ = 0;
};

}  // namespace parlance::test
