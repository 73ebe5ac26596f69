#include "bench/load/full_loop.h"

#include <future>
#include <utility>

namespace parlance::load {

namespace {

constexpr Nanoseconds kTimerInterval = 20 * kMillisecond;

}  // namespace

// What only the thread touches.
struct FullLoop::Living {
  NiceContext context;
  std::vector<std::unique_ptr<FullSubscriber>> subscribers;
};

FullLoop::FullLoop(const DtlsContext& dtls)
    : dtls_(dtls), thread_([this](const std::stop_token& stop) { live(stop); }) {}

FullLoop::~FullLoop() {
  thread_.request_stop();
  thread_.join();
}

FullSubscriber& FullLoop::add() {
  FullSubscriber* made = nullptr;
  run([this, &made] {
    living_->subscribers.push_back(std::make_unique<FullSubscriber>(living_->context, dtls_));
    made = living_->subscribers.back().get();
  });
  return *made;
}

void FullLoop::run(const std::function<void()>& work) {
  std::promise<void> done;
  {
    const std::lock_guard lock(mutex_);
    work_.emplace_back([&] {
      work();
      done.set_value();
    });
  }
  done.get_future().wait();
}

void FullLoop::live(const std::stop_token& stop) {
  living_ = std::make_unique<Living>();
  Nanoseconds next_timer = 0;
  while (!stop.stop_requested()) {
    std::vector<std::function<void()>> work;
    {
      const std::lock_guard lock(mutex_);
      work.swap(work_);
    }
    for (const auto& one : work) {
      one();
    }
    living_->context.turn();
    if (const Nanoseconds now = now_ns(); now >= next_timer) {
      next_timer = now + kTimerInterval;
      for (const auto& subscriber : living_->subscribers) {
        subscriber->on_timer(now);
      }
    }
  }
  living_.reset();
}

}  // namespace parlance::load
