#include "tests/support/postgres/private_postgres.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// libpqxx 6.4.5 asks a connection for its encoding before it takes over a result, and where the
// connection was just lost, throws and leaks the result: 2 KB for each lost connection.
extern "C" const char* __lsan_default_suppressions();  // NOLINT: named by LeakSanitizer

extern "C" const char* __lsan_default_suppressions() {  // NOLINT: named by LeakSanitizer
  return "leak:libpqxx";
}

namespace parlance::test {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kStartPatience = 60s;

// Where initdb and postgres are: Debian keeps them by version, others in the PATH.
fs::path find_programs() {
  std::vector<fs::path> folders;
  std::error_code ignored;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    folders.push_back(version.path() / "bin");
  }
  std::ranges::sort(folders, std::greater());
  const char* path = std::getenv("PATH");
  std::istringstream parts(path == nullptr ? "" : path);
  for (std::string part; std::getline(parts, part, ':');) {
    folders.emplace_back(part);
  }
  const auto found = std::ranges::find_if(folders, [&](const fs::path& folder) {
    return fs::exists(folder / "initdb", ignored) && fs::exists(folder / "postgres", ignored);
  });
  return found == folders.end() ? fs::path() : *found;
}

struct Account {
  uid_t user;
  gid_t group;
};

// Whom the server runs as: whoever runs the tests, but not root.
std::optional<Account> find_account() {
  if (geteuid() != 0) {
    return Account{geteuid(), getegid()};
  }
  for (const char* name : {"postgres", "nobody"}) {
    if (const passwd* entry = getpwnam(name)) {
      return Account{entry->pw_uid, entry->pw_gid};
    }
  }
  return std::nullopt;
}

// Starts a program as that account, its output in a file; it ends with this one.
pid_t spawn(std::vector<std::string> command, const Account& account, const fs::path& output) {
  std::vector<char*> arguments;
  for (std::string& part : command) {
    arguments.push_back(part.data());
  }
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child != 0) {
    return child;
  }
  const int out = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  if (geteuid() == 0 &&
      (setgroups(0, nullptr) != 0 || setgid(account.group) != 0 || setuid(account.user) != 0)) {
    _exit(126);
  }
  prctl(PR_SET_PDEATHSIG, SIGINT);  // Postgres' fast shutdown
  execv(arguments.front(), arguments.data());
  _exit(127);
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

std::string content(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace

std::expected<std::unique_ptr<PrivatePostgres>, std::string> PrivatePostgres::start(
    std::vector<std::string> settings) {
  std::unique_ptr<PrivatePostgres> server(new PrivatePostgres);
  server->programs_ = find_programs();
  server->settings_ = std::move(settings);
  if (server->programs_.empty()) {
    return std::unexpected("no Postgres on this machine (Debian: apt-get install postgresql)");
  }
  const auto account = find_account();
  if (!account) {
    return std::unexpected("Postgres doesn't run as root, and there is no user postgres or nobody");
  }
  std::string name = (fs::temp_directory_path() / "parlance-pg-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    return std::unexpected("no temporary folder");
  }
  server->folder_ = name;
  if (chown(name.c_str(), account->user, account->group) != 0) {
    return std::unexpected("the temporary folder can't be given to Postgres' user");
  }
  const auto output = server->folder_ / "initdb.log";
  // The empty cluster needs no sync; what the server writes later is synced.
  const pid_t made = spawn({server->programs_ / "initdb",
                            "--no-sync",
                            "--no-instructions",
                            "--auth=trust",
                            "--username=postgres",
                            "--encoding=UTF8",
                            "--locale=C.UTF-8",
                            "--pgdata=" + (server->folder_ / "data").string()},
                           *account,
                           output);
  if (wait_for(made) != 0) {
    return std::unexpected("initdb failed: " + content(output));
  }
  // Who is called "locked" needs a password.
  std::ofstream(server->folder_ / "data/pg_hba.conf")
      << "local all locked scram-sha-256\nlocal all all trust\n";
  try {
    server->launch();
  } catch (const std::exception& error) {
    return std::unexpected(error.what());
  }
  return server;
}

PrivatePostgres::~PrivatePostgres() {
  stop();
  std::error_code ignored;
  if (!folder_.empty()) {
    fs::remove_all(folder_, ignored);
  }
}

std::expected<PrivatePostgres*, std::string> PrivatePostgres::shared() {
  static const auto server = start();
  if (!server) {
    return std::unexpected(server.error());
  }
  return server->get();
}

void PrivatePostgres::launch() {
  std::vector<std::string> command = {programs_ / "postgres", "-D", folder_ / "data"};
  std::vector<std::string> settings = {"listen_addresses=",
                                       "unix_socket_directories=" + folder_.string(),
                                       "fsync=on",
                                       "synchronous_commit=on",
                                       "log_statement=none",
                                       "recovery_init_sync_method=syncfs"};
  settings.insert(settings.end(), settings_.begin(), settings_.end());
  for (const std::string& setting : settings) {
    command.insert(command.end(), {"-c", setting});
  }
  server_ = spawn(std::move(command), find_account().value(), folder_ / "log");
  const auto end = std::chrono::steady_clock::now() + kStartPatience;
  const std::string probe = (programs_ / "pg_isready").string() + " -q -h " + folder_.string();
  // NOLINTNEXTLINE(cert-env33-c): a fixed program of a fixed folder
  while (std::system(probe.c_str()) != 0) {
    const bool ended = waitpid(server_, nullptr, WNOHANG) == server_;
    if (ended || std::chrono::steady_clock::now() > end) {
      server_ = ended ? 0 : server_;
      throw std::runtime_error("Postgres doesn't start: " + log());
    }
    std::this_thread::sleep_for(20ms);
  }
}

void PrivatePostgres::stop() {
  if (server_ > 0) {
    kill(server_, SIGQUIT);  // at once, without a checkpoint: the next start recovers
    wait_for(server_);
    server_ = 0;
  }
}

void PrivatePostgres::start_again() {
  launch();
}

// The children of the server are the ones who answer; they are in its process group or session, so
// that they are found by their parent.
namespace {

void signal_family(pid_t parent, int number) {
  kill(parent, number);
  std::error_code ignored;
  for (const auto& task : fs::directory_iterator("/proc/" + std::to_string(parent) + "/task")) {
    std::ifstream children(task.path() / "children");
    for (pid_t child = 0; children >> child;) {
      kill(child, number);
    }
  }
}

}  // namespace

void PrivatePostgres::freeze() {
  signal_family(server_, SIGSTOP);
}

void PrivatePostgres::thaw() {
  signal_family(server_, SIGCONT);
}

std::string PrivatePostgres::log() const {
  return content(folder_ / "log");
}

std::string PrivatePostgres::address(const std::string& database,
                                     const std::string& user,
                                     const std::string& password) const {
  const std::string secret = password.empty() ? "" : ":" + password;
  return "postgres://" + user + secret + "@/" + database + "?host=" + folder_.string();
}

std::string PrivatePostgres::run(const std::string& program, const std::string& arguments) const {
  const std::string command = (programs_ / program).string() + " " + arguments + " 2>&1";
  // NOLINTNEXTLINE(cert-env33-c): a program of a fixed folder
  FILE* const pipe = popen(command.c_str(), "r");
  std::string output;
  std::array<char, 4'096> buffer{};
  while (pipe != nullptr && std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
    output += buffer.data();
  }
  if (pipe == nullptr || pclose(pipe) != 0) {
    throw std::runtime_error(program + " failed: " + output);
  }
  while (output.ends_with('\n')) {
    output.pop_back();
  }
  return output;
}

std::string PrivatePostgres::sql(const std::string& database, const std::string& statements) {
  return run(
      "psql",
      "-X -q -A -t -v ON_ERROR_STOP=1 '" + address(database) + "' -c \"" + statements + "\"");
}

void PrivatePostgres::back_up(const std::string& database, const std::filesystem::path& file) {
  run("pg_dump", "-Fc '" + address(database) + "' -f '" + file.string() + "'");
}

void PrivatePostgres::restore(const std::string& database, const std::filesystem::path& file) {
  run("pg_restore", "--clean --if-exists -d '" + address(database) + "' '" + file.string() + "'");
}

std::string PrivatePostgres::database(const std::string& name) {
  if (sql("postgres", "SELECT count(*) FROM pg_database WHERE datname = '" + name + "'") == "0") {
    sql("postgres", "CREATE DATABASE " + name);
  }
  return address(name);
}

void PrivatePostgres::drop(const std::string& name) {
  sql("postgres", "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
}

}  // namespace parlance::test
