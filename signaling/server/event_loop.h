// One thread's loop: its sockets and timers (libuv), and the mailbox through which others reach it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include <uv.h>

#include "base/executor.h"
#include "base/mailbox.h"
#include "base/time.h"
#include "signaling/call/types.h"

namespace parlance::signaling {

// Reads both clocks.
Moment read_clocks();

class EventLoop final : public Executor {
 public:
  // What the thread does besides its tasks.
  struct Hooks {
    // Before each wait: finishes what the turn began, and says when the loop has to wake at the
    // latest.
    std::function<Timestamp()> end_turn;
    // A task broke an assumption (Bug) or threw: told once each, on the thread.
    std::function<void(const char*)> on_bug;
    // The mailbox was full: tasks were refused. Told on the thread, before the next task.
    std::function<void()> on_overflow;
  };

  explicit EventLoop(Hooks hooks);
  ~EventLoop() override;  // the thread has ended
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  bool post(Task task) override;

  uv_loop_t* handle() { return &loop_; }

  // Until stop() is called on the thread.
  void run();
  void stop();

  // Refuses tasks from here on.
  void close() { closed_ = true; }

  // After run(), still on the thread: lets closing handles finish, refuses tasks from here on.
  void finish(const std::function<bool()>& finished);

  static constexpr std::size_t kMailboxCapacity = 32'768;

 private:
  void drain();
  void end_turn();
  void guarded(const std::function<void()>& work);

  Hooks hooks_;
  Mailbox<Task> mailbox_{kMailboxCapacity};
  std::atomic<bool> closed_{false};
  std::atomic<bool> overflowed_{false};
  uv_loop_t loop_{};
  uv_async_t wake_{};
  uv_timer_t timer_{};
  uv_prepare_t prepare_{};
};

}  // namespace parlance::signaling
