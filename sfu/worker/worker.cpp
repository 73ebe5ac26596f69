#include "sfu/worker/worker.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <utility>

#include <pthread.h>

#include "base/check.h"
#include "sfu/worker/clock.h"

namespace parlance::sfu {

namespace {

// SIGTERM and its like are the main thread's.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

}  // namespace

Worker::Worker(unsigned index) : index_(index), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  CHECK(epoll_.valid());
  watch({.fd = wake_.fd()});
  thread_ = std::thread([this] { run(); });
}

Worker::~Worker() {
  stop();
  join();
}

void Worker::join() {
  if (thread_.joinable()) {
    thread_.join();
  }
}

void Worker::post(Task task) {
  const auto posted = tasks_.post(std::move(task));
  // Only the engine posts here, a few tasks per shard.
  CHECK(posted != Mailbox<Task>::Posted::kFull);
  if (posted == Mailbox<Task>::Posted::kWakeUp) {
    wake_.signal();
  }
}

void Worker::stop() {
  post([](Worker& self) { self.stopping_ = true; });
}

void Worker::adopt(ShardRunner& runner) {
  runners_.push_back(&runner);
  for (SocketId id = 0; id < runner.sockets().size(); ++id) {
    watch({.runner = &runner, .fd = runner.sockets()[id].fd(), .socket = id});
  }
  watch({.runner = &runner, .fd = runner.wake_fd(), .mailbox = true});
}

void Worker::release(ShardRunner& runner) {
  std::erase(runners_, &runner);
  std::erase_if(targets_, [&](const Target& target) {
    if (target.runner != &runner) {
      return false;
    }
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, target.fd, nullptr);
    return true;
  });
}

void Worker::watch(const Target& target) {
  Target& kept = targets_.emplace_back(target);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &kept;
  CHECK(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, target.fd, &event) == 0);
}

void Worker::run() {
  block_signals();
  pthread_setname_np(pthread_self(), ("media-" + std::to_string(index_)).c_str());
  last_tick_ = monotonic_now();
  next_tick_ = last_tick_ + kTick;
  while (!stopping_) {
    turn();
  }
}

void Worker::turn() {
  const int count = wait(monotonic_now());
  for (const epoll_event& event :
       std::span(events_).first(static_cast<std::size_t>(std::max(count, 0)))) {
    serve(*static_cast<const Target*>(event.data.ptr));
  }
  const Timestamp now = monotonic_now();
  run_timers(now);
  if (now >= next_tick_) {
    tick(now);
  }
  // Last: a runner that leaves must have no event left in this turn.
  run_tasks();
}

void Worker::serve(const Target& target) {
  if (target.runner == nullptr) {
    wake_.clear();
    return;
  }
  const Timestamp began = monotonic_now();
  if (target.mailbox) {
    target.runner->run_commands();
    target.runner->run_pipes();
  } else {
    target.runner->receive(target.socket);
  }
  target.runner->add_busy(monotonic_now() - began);
}

void Worker::run_timers(Timestamp now) {
  for (ShardRunner* const runner : runners_) {
    if (runner->next_timeout() <= now) {
      runner->run_timers(now);
      runner->add_busy(monotonic_now() - now);
    }
  }
}

void Worker::tick(Timestamp now) {
  for (ShardRunner* const runner : runners_) {
    runner->tick(now);
  }
  const Duration cpu = thread_cpu_time();
  cpu_.store(static_cast<double>((cpu - cpu_at_last_tick_).count()) /
                 static_cast<double>((now - last_tick_).count()),
             std::memory_order_relaxed);
  cpu_at_last_tick_ = cpu;
  last_tick_ = now;
  next_tick_ = now + kTick;
}

void Worker::run_tasks() {
  tasks_.acknowledge_wake_up();
  while (auto task = tasks_.take()) {
    (*task)(*this);
  }
}

// For sockets or the next deadline; how many events there are.
int Worker::wait(Timestamp now) {
  Timestamp next = next_tick_;
  for (const ShardRunner* const runner : runners_) {
    next = std::min(next, runner->next_timeout());
  }
  const Duration left = std::max(next - now, Duration(0));
  const auto whole = std::chrono::floor<std::chrono::seconds>(left);
  const timespec timeout{.tv_sec = whole.count(),
                         .tv_nsec = std::chrono::nanoseconds(left - whole).count()};
  const int count =
      epoll_pwait2(epoll_.get(), events_.data(), static_cast<int>(kMaxEvents), &timeout, nullptr);
  if (count >= 0 || errno != ENOSYS) {
    return count;
  }
  // Before Linux 5.11. Up: a timer that is looked at too early would be looked at again and again.
  const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(left);
  return epoll_wait(epoll_.get(),
                    events_.data(),
                    static_cast<int>(kMaxEvents),
                    static_cast<int>(rounded.count()));
}

}  // namespace parlance::sfu
