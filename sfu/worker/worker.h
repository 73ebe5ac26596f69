// A thread that runs shards.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <thread>
#include <vector>

#include <sys/epoll.h>

#include "base/mailbox.h"
#include "base/time.h"
#include "sfu/worker/descriptors.h"
#include "sfu/worker/shard_runner.h"

namespace parlance::sfu {

// Owns a thread and an epoll set, but no shard: runners are lent to it, one worker at a time. What
// is posted here is done at a batch boundary, when no runner is being run.
class Worker {
 public:
  static constexpr Duration kTick = std::chrono::seconds(1);
  static constexpr std::size_t kMailboxCapacity = 1024;

  // Between two looks at a shard's RTCP: a wake-up costs more than the few reports that it is for.
  static constexpr Duration kFeedbackRest = std::chrono::milliseconds(2);

  using Task = std::move_only_function<void(Worker&)>;

  explicit Worker(unsigned index);

  // Stops and joins.
  ~Worker();

  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Any thread.
  void post(Task task);

  // Any thread: returns at once, and the thread ends after the tasks posted before.
  void stop();

  // Waits for the end after stop(). The runners that it had stay as they are, with nobody to run
  // them.
  void join();

  // Share of one core that the thread used in the last second. Any thread.
  double cpu() const { return cpu_.load(std::memory_order_relaxed); }

  // On the worker's thread, from tasks: runs the shard from here on, or no longer. What has arrived
  // meanwhile waits in the kernel's buffers and in the mailbox.
  void adopt(ShardRunner& runner);
  void release(ShardRunner& runner);

 private:
  // What an epoll event stands for.
  struct Target {
    enum class Kind : std::uint8_t { kTasks, kCommands, kMedia, kFeedback };

    ShardRunner* runner = nullptr;  // all but tasks
    int fd = -1;
    SocketId socket = 0;
    Kind kind = Kind::kTasks;
    Timestamp rests_until = kNever;  // not listened to until then
  };

  static constexpr std::size_t kMaxEvents = 64;

  void run();
  void turn();
  void serve(Target& target);
  void end_rests(Timestamp now);
  void run_timers(Timestamp now);
  void tick(Timestamp now);
  void run_tasks();
  int wait(Timestamp now);
  void watch(const Target& target);
  void listen(int operation, Target& target);

  const unsigned index_;
  FileDescriptor epoll_;
  WakeUp wake_;
  Mailbox<Task> tasks_{kMailboxCapacity};
  std::atomic<double> cpu_{0.0};

  // Of the thread only.
  bool stopping_ = false;
  std::vector<ShardRunner*> runners_;
  std::list<Target> targets_;  // epoll holds their addresses
  std::array<epoll_event, kMaxEvents> events_{};
  Timestamp next_tick_{};
  Timestamp last_tick_{};
  Duration cpu_at_last_tick_{0};

  std::thread thread_;  // last: it runs as soon as it is there
};

}  // namespace parlance::sfu
