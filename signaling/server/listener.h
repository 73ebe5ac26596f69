// The listening sockets: one per address and thread, sharing one port.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>
#include <vector>

namespace parlance::signaling {

// A file descriptor that is closed with its owner.
class FileDescriptor {
 public:
  FileDescriptor() = default;

  explicit FileDescriptor(int fd) : fd_(fd) {}

  ~FileDescriptor() { reset(); }

  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }

  int get() const { return fd_; }

  bool valid() const { return fd_ >= 0; }

  int release() { return std::exchange(fd_, -1); }

  void reset();

 private:
  int fd_ = -1;
};

// What each thread listens on.
struct Listeners {
  std::uint16_t port = 0;
  std::vector<std::vector<FileDescriptor>> of_thread;
};

// Binds every address for every thread. The kernel spreads connections over the threads
// (SO_REUSEPORT), and would spread them over a second server as well: so each address is first
// bound without sharing, which fails while anybody else listens there. The error says what is taken
// and what to change.
std::expected<Listeners, std::string> bind_listeners(const std::vector<std::string>& addresses,
                                                     std::uint16_t port,
                                                     unsigned threads);

}  // namespace parlance::signaling
