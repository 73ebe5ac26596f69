#include "chat/adapters/postgres/watchdog.h"

#include <csignal>

#include <pthread.h>
#include <sys/socket.h>

namespace parlance::chat::postgres {

namespace {

// How much later than it should a wait may end, as a part of the patience.
constexpr int kLooksPerPatience = 10;

}  // namespace

Watchdog::Watchdog(std::chrono::milliseconds patience) : patience_(patience) {
  // The new thread inherits the mask: the process's signals are for others.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { loop(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(thread_.native_handle(), "pg-watchdog");
}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(guard_);
    stopping_ = true;
  }
  stopped_.notify_one();
  thread_.join();
}

void Watchdog::loop() {
  std::unique_lock lock(guard_);
  while (!stopped_.wait_for(lock, patience_ / kLooksPerPatience, [this] { return stopping_; })) {
    const auto now = Clock::now();
    for (const auto& [socket, end] : waits_) {
      if (end <= now) {
        shutdown(socket, SHUT_RDWR);
      }
    }
  }
}

Watchdog::Watch::Watch(Watchdog& watchdog, int socket) : watchdog_(watchdog), socket_(socket) {
  const std::lock_guard lock(watchdog_.guard_);
  watchdog_.waits_[socket_] = Clock::now() + watchdog_.patience_;
}

// Before the socket is closed and its number given to another.
Watchdog::Watch::~Watch() {
  const std::lock_guard lock(watchdog_.guard_);
  watchdog_.waits_.erase(socket_);
}

}  // namespace parlance::chat::postgres
