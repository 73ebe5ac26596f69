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
  watch({.fd = wake_.fd(), .kind = Target::Kind::kTasks});
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
    const UdpSocket& socket = runner.sockets()[id];
    watch({.runner = &runner, .fd = socket.fd(), .socket = id, .kind = Target::Kind::kMedia});
    if (socket.feedback_fd() >= 0) {
      watch({.runner = &runner,
             .fd = socket.feedback_fd(),
             .socket = id,
             .kind = Target::Kind::kFeedback});
    }
  }
  watch({.runner = &runner, .fd = runner.wake_fd(), .kind = Target::Kind::kCommands});
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
  listen(EPOLL_CTL_ADD, targets_.emplace_back(target));
}

void Worker::listen(int operation, Target& target) {
  epoll_event event{};
  event.events = EPOLLIN;
  if (target.kind == Target::Kind::kFeedback) {
    event.events |= EPOLLONESHOT;
  }
  event.data.ptr = &target;
  CHECK(epoll_ctl(epoll_.get(), operation, target.fd, &event) == 0);
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
    serve(*static_cast<Target*>(event.data.ptr));
  }
  const Timestamp now = monotonic_now();
  run_timers(now);
  end_rests(now);
  if (now >= next_tick_) {
    tick(now);
  }
  // Last: a runner that leaves must have no event left in this turn.
  run_tasks();
}

void Worker::serve(Target& target) {
  if (target.kind == Target::Kind::kTasks) {
    wake_.clear();
    return;
  }
  const Timestamp began = monotonic_now();
  bool more = false;
  if (target.kind == Target::Kind::kCommands) {
    target.runner->on_wake_up();
  } else {
    more = target.runner->receive(target.socket, target.fd);
  }
  const Timestamp ended = monotonic_now();
  if (target.kind == Target::Kind::kFeedback) {
    target.rests_until = more ? ended : ended + kFeedbackRest;
  }
  target.runner->add_busy(ended - began);
}

void Worker::end_rests(Timestamp now) {
  for (Target& target : targets_) {
    if (target.rests_until <= now) {
      target.rests_until = kNever;
      listen(EPOLL_CTL_MOD, target);
    }
  }
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
  for (const Target& target : targets_) {
    next = std::min(next, target.rests_until);
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
