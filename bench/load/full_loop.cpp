#include "bench/load/full_loop.h"

#include <utility>

namespace parlance::load {

namespace {

constexpr Nanoseconds kTimerInterval = 20 * kMillisecond;

}  // namespace

FullSubscriber& FullLoop::add(std::unique_ptr<FullSubscriber> subscriber) {
  return *subscribers_.emplace_back(std::move(subscriber));
}

void FullLoop::turn() {
  context_.turn();
  const Nanoseconds now = now_ns();
  if (now < next_timer_) {
    return;
  }
  next_timer_ = now + kTimerInterval;
  for (const auto& subscriber : subscribers_) {
    subscriber->on_timer(now);
  }
}

}  // namespace parlance::load
