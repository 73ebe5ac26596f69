#include "sfu/worker/descriptors.h"

#include <cstdint>

#include <sys/eventfd.h>
#include <unistd.h>

#include "base/check.h"

namespace parlance::sfu {

FileDescriptor::~FileDescriptor() {
  if (valid()) {
    close(fd_);
  }
}

WakeUp::WakeUp() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  CHECK(fd_.valid());
}

void WakeUp::signal() const {
  const std::uint64_t one = 1;
  // Fails only where the counter is full, and then the thread is woken anyway.
  [[maybe_unused]] const auto written = write(fd_.get(), &one, sizeof one);
}

void WakeUp::clear() const {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto taken = read(fd_.get(), &count, sizeof count);
}

}  // namespace parlance::sfu
