#include "signaling/server/event_loop.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include "base/check.h"

namespace parlance::signaling {

namespace {

// Tasks run in one go before sockets get their turn again.
constexpr int kTasksPerTurn = 1024;

EventLoop* owner_of(void* data) {
  return static_cast<EventLoop*>(data);
}

}  // namespace

Moment read_clocks() {
  using std::chrono::duration_cast;
  const auto steady = std::chrono::steady_clock::now().time_since_epoch();
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return {Timestamp(duration_cast<Duration>(steady)),
          duration_cast<std::chrono::milliseconds>(wall).count()};
}

EventLoop::EventLoop(Hooks hooks) : hooks_(std::move(hooks)) {
  CHECK(uv_loop_init(&loop_) == 0);
  CHECK(uv_async_init(
            &loop_, &wake_, [](uv_async_t* handle) { owner_of(handle->data)->drain(); }) == 0);
  wake_.data = this;
  uv_timer_init(&loop_, &timer_);
  timer_.data = this;
  uv_prepare_init(&loop_, &prepare_);
  prepare_.data = this;
  uv_prepare_start(&prepare_, [](uv_prepare_t* handle) { owner_of(handle->data)->end_turn(); });
}

EventLoop::~EventLoop() {
  closed_ = true;
  for (void* handle : std::initializer_list<void*>{&wake_, &timer_, &prepare_}) {
    uv_close(static_cast<uv_handle_t*>(handle), nullptr);
  }
  uv_run(&loop_, UV_RUN_DEFAULT);
  uv_loop_close(&loop_);
}

bool EventLoop::post(Task task) {
  if (closed_.load(std::memory_order_acquire)) {
    return false;
  }
  switch (mailbox_.post(std::move(task))) {
    case Mailbox<Task>::Posted::kFull:
      overflowed_.store(true, std::memory_order_release);
      return false;
    case Mailbox<Task>::Posted::kQueued:
      return true;
    case Mailbox<Task>::Posted::kWakeUp:
      uv_async_send(&wake_);
      return true;
  }
  return false;
}

void EventLoop::run() {
  uv_run(&loop_, UV_RUN_DEFAULT);
}

void EventLoop::stop() {
  uv_stop(&loop_);
}

void EventLoop::finish(const std::function<bool()>& finished) {
  closed_ = true;
  uv_prepare_stop(&prepare_);
  uv_timer_stop(&timer_);
  uv_unref(static_cast<uv_handle_t*>(static_cast<void*>(&wake_)));
  while (!finished()) {
    uv_run(&loop_, UV_RUN_NOWAIT);
  }
}

void EventLoop::drain() {
  mailbox_.acknowledge_wake_up();
  if (overflowed_.exchange(false)) {
    guarded(hooks_.on_overflow);
  }
  for (int i = 0; i < kTasksPerTurn; ++i) {
    std::optional<Task> task = mailbox_.take();
    if (!task) {
      return;
    }
    guarded([&task] { (*task)(); });
  }
  uv_async_send(&wake_);
}

void EventLoop::guarded(const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception& error) {
    hooks_.on_bug(error.what());
  }
}

void EventLoop::end_turn() {
  Timestamp next = kNever;
  guarded([this, &next] { next = hooks_.end_turn(); });
  if (next == kNever) {
    uv_timer_stop(&timer_);
    return;
  }
  // libuv counts milliseconds; rounded up, so that the loop does not spin until a deadline.
  const std::int64_t us = std::max<std::int64_t>((next - read_clocks().now).count(), 0);
  uv_timer_start(&timer_, [](uv_timer_t*) {}, static_cast<std::uint64_t>((us + 999) / 1000), 0);
}

}  // namespace parlance::signaling
