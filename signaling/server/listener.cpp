#include "signaling/server/listener.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parlance::signaling {

namespace {

// Connections waiting to be accepted, per socket; the kernel caps it by net.core.somaxconn.
constexpr int kBacklog = 1024;

struct Address {
  std::string text;
  sockaddr_storage storage{};
  socklen_t size = 0;
};

std::optional<Address> parse_listen_address(const std::string& text) {
  Address address{text, {}, 0};
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    std::memcpy(&address.storage, &v4, sizeof v4);
    address.size = sizeof v4;
    return address;
  }
  if (inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    std::memcpy(&address.storage, &v6, sizeof v6);
    address.size = sizeof v6;
    return address;
  }
  return std::nullopt;
}

// sin_port and sin6_port are at the same place (RFC 3493, section 3.3).
constexpr std::size_t kPortOffset = offsetof(sockaddr_in, sin_port);
static_assert(kPortOffset == offsetof(sockaddr_in6, sin6_port));

void set_port(Address& address, std::uint16_t port) {
  const std::uint16_t network = htons(port);
  std::memcpy(static_cast<char*>(static_cast<void*>(&address.storage)) + kPortOffset,
              &network,
              sizeof network);
}

std::uint16_t bound_port(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  getsockname(fd, static_cast<sockaddr*>(static_cast<void*>(&storage)), &size);
  std::uint16_t network = 0;
  std::memcpy(
      &network, static_cast<char*>(static_cast<void*>(&storage)) + kPortOffset, sizeof network);
  return ntohs(network);
}

void enable(int fd, int level, int option) {
  const int one = 1;
  setsockopt(fd, level, option, &one, sizeof one);
}

// The error is errno.
std::expected<FileDescriptor, int> listen_on(const Address& address, bool share) {
  FileDescriptor fd(
      socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) {
    return std::unexpected(errno);
  }
  enable(fd.get(), SOL_SOCKET, SO_REUSEADDR);
  if (share) {
    enable(fd.get(), SOL_SOCKET, SO_REUSEPORT);
  }
  const auto* name = static_cast<const sockaddr*>(static_cast<const void*>(&address.storage));
  if (bind(fd.get(), name, address.size) != 0 || listen(fd.get(), kBacklog) != 0) {
    return std::unexpected(errno);
  }
  return fd;
}

std::string explain(const Address& address, std::uint16_t port, int error) {
  const std::string where = "port " + std::to_string(port) + " of " + address.text;
  switch (error) {
    case EADDRINUSE:
      return where +
             " is in use: another program, or another server of this kind, listens there. Stop it, "
             "or choose another one with --http-port (http.port).";
    case EACCES:
      return where +
             " may not be used by this user: choose a port from 1024 on, or grant "
             "CAP_NET_BIND_SERVICE.";
    case EADDRNOTAVAIL:
      return address.text +
             " is no address of this machine: choose one that is, or \"::\" for all.";
    default:
      return "can't listen on " + where + ": " + std::generic_category().message(error) + ".";
  }
}

// Machines without IPv6 have no "::"; they listen on all of what they have.
std::expected<FileDescriptor, int> probe(Address& address, std::uint16_t port) {
  auto first = listen_on(address, false);
  const bool no_ipv6 = !first && (first.error() == EAFNOSUPPORT || first.error() == EADDRNOTAVAIL);
  const auto any_ipv4 = parse_listen_address("0.0.0.0");
  if (no_ipv6 && address.text == "::" && any_ipv4) {
    address = *any_ipv4;
    set_port(address, port);
    first = listen_on(address, false);
  }
  return first;
}

}  // namespace

void FileDescriptor::reset() {
  if (fd_ >= 0) {
    close(std::exchange(fd_, -1));
  }
}

std::expected<Listeners, std::string> bind_listeners(const std::vector<std::string>& addresses,
                                                     std::uint16_t port,
                                                     unsigned threads) {
  Listeners listeners{port, std::vector<std::vector<FileDescriptor>>(threads)};
  for (const std::string& text : addresses) {
    std::optional<Address> address = parse_listen_address(text);
    if (!address) {
      return std::unexpected("\"" + text + "\" is not a numeric IP address to listen on.");
    }
    set_port(*address, listeners.port);
    auto alone = probe(*address, listeners.port);
    if (!alone) {
      return std::unexpected(explain(*address, listeners.port, alone.error()));
    }
    listeners.port = bound_port(alone->get());
    set_port(*address, listeners.port);
    alone->reset();
    for (std::vector<FileDescriptor>& sockets : listeners.of_thread) {
      auto shared = listen_on(*address, true);
      if (!shared) {
        return std::unexpected(explain(*address, listeners.port, shared.error()));
      }
      sockets.push_back(std::move(*shared));
    }
  }
  if (addresses.empty()) {
    return std::unexpected("no address to listen on: name at least one, \"::\" for all.");
  }
  return listeners;
}

}  // namespace parlance::signaling
