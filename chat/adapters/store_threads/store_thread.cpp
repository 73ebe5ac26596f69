#include "chat/adapters/store_threads/store_thread.h"

#include <cerrno>
#include <csignal>
#include <cstdint>

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/check.h"

namespace parlance::chat {

WakeUp::WakeUp() : descriptor_(eventfd(0, EFD_CLOEXEC)) {
  CHECK(descriptor_ >= 0);
}

WakeUp::~WakeUp() {
  close(descriptor_);
}

void WakeUp::signal() {
  const std::uint64_t one = 1;
  while (write(descriptor_, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void WakeUp::wait() {
  std::uint64_t count = 0;
  while (read(descriptor_, &count, sizeof count) < 0 && errno == EINTR) {
  }
}

std::thread start_quiet_thread(std::string name, std::function<void()> body) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  // A thread inherits the mask; faults of its own are delivered all the same.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread([name = std::move(name), body = std::move(body)] {
    pthread_setname_np(pthread_self(), name.c_str());
    body();
  });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace parlance::chat
