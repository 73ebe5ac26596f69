#include "tests/support/postgres/postgres_proxy.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace parlance::test {

namespace {

constexpr const char* kSocketName = ".s.PGSQL.5432";
constexpr int kLookAroundMs = 10;
constexpr short kReadable = POLLIN | POLLHUP | POLLERR;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

// The socket calls take every address by this one type.
const sockaddr* generic(const sockaddr_un& address) {
  const void* const bytes = &address;
  return static_cast<const sockaddr*>(bytes);
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string receive(int socket) {
  std::array<char, 65'536> buffer;
  const ssize_t got = recv(socket, buffer.data(), buffer.size(), 0);
  return {buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

void close_if_open(int& socket) {
  if (socket >= 0) {
    close(socket);
    socket = -1;
  }
}

}  // namespace

PostgresProxy::PostgresProxy(const std::filesystem::path& server_folder)
    : server_socket_((server_folder / kSocketName).string()) {
  std::string name = (std::filesystem::temp_directory_path() / "parlance-proxy-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw std::runtime_error("no temporary folder");
  }
  folder_ = name;
  const sockaddr_un own = address_of((folder_ / kSocketName).string());
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener_, generic(own), sizeof(own)) != 0 || listen(listener_, 16) != 0) {
    throw std::runtime_error("the proxy can't listen");
  }
  thread_ = std::thread([this] { loop(); });
}

PostgresProxy::~PostgresProxy() {
  stopping_ = true;
  thread_.join();
  close(listener_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string PostgresProxy::address(const std::string& database) const {
  return "postgres://postgres@/" + database + "?host=" + folder_.string();
}

void PostgresProxy::loop() {
  while (!stopping_) {
    std::vector<pollfd> sockets = {{.fd = listener_, .events = POLLIN, .revents = 0}};
    for (const Pair& pair : pairs_) {
      sockets.push_back({.fd = pair.client, .events = POLLIN, .revents = 0});
      sockets.push_back({.fd = pair.server, .events = POLLIN, .revents = 0});
    }
    poll(sockets.data(), sockets.size(), kLookAroundMs);
    std::size_t at = 1;
    for (auto pair = pairs_.begin(); pair != pairs_.end(); at += 2) {
      if (pass_on(*pair, sockets[at].revents, sockets[at + 1].revents)) {
        ++pair;
      } else {
        close_if_open(pair->client);
        close_if_open(pair->server);
        pair = pairs_.erase(pair);
      }
    }
    if (sockets[0].revents != 0) {
      accept_one();
    }
  }
  for (Pair& pair : pairs_) {
    close_if_open(pair.client);
    close_if_open(pair.server);
  }
}

void PostgresProxy::accept_one() {
  Pair pair;
  pair.client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  pair.server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un there = address_of(server_socket_);
  if (connect(pair.server, generic(there), sizeof(there)) == 0) {
    pairs_.push_back(pair);
  } else {
    close_if_open(pair.client);
    close_if_open(pair.server);
  }
}

bool PostgresProxy::pass_on(Pair& pair, short client_events, short server_events) {
  if (!pair.held.empty() && release_.exchange(false)) {
    return send_all(pair.server, std::exchange(pair.held, {}));
  }
  if ((client_events & kReadable) != 0 && !pass_request(pair)) {
    return false;
  }
  if ((server_events & kReadable) != 0) {
    const std::string bytes = receive(pair.server);
    // Without a client the server goes on until it ends the connection itself.
    const bool passed = pair.client < 0 || send_all(pair.client, bytes);
    return !bytes.empty() && !pair.answer_lost && passed;
  }
  return true;
}

bool PostgresProxy::pass_request(Pair& pair) {
  std::string bytes = receive(pair.client);
  if (bytes.empty()) {
    return false;
  }
  const bool commit = bytes.contains("COMMIT");
  switch (commit ? next_commit_.exchange(NextCommit::kPass) : NextCommit::kPass) {
    case NextCommit::kPass:
      break;
    case NextCommit::kLoseAnswer:
      close_if_open(pair.client);
      pair.answer_lost = true;
      break;
    case NextCommit::kLoseRequest:
      return false;
    case NextCommit::kHold:
      close_if_open(pair.client);
      pair.held = std::move(bytes);
      return true;
  }
  return send_all(pair.server, bytes);
}

}  // namespace parlance::test
