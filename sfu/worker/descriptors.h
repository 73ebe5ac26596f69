// Owners of file descriptors, and the eventfd that wakes a thread.
#pragma once

#include <utility>

namespace parlance::sfu {

class FileDescriptor {
 public:
  FileDescriptor() = default;

  explicit FileDescriptor(int fd) : fd_(fd) {}

  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

  FileDescriptor& operator=(FileDescriptor other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  FileDescriptor(const FileDescriptor&) = delete;

  ~FileDescriptor();

  int get() const { return fd_; }

  bool valid() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Any thread signals, one thread polls it and clears it.
class WakeUp {
 public:
  WakeUp();

  int fd() const { return fd_.get(); }

  void signal() const;
  void clear() const;

 private:
  FileDescriptor fd_;
};

}  // namespace parlance::sfu
