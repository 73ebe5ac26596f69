// The thread that full subscribers live on.
#pragma once

#include <memory>
#include <vector>

#include "bench/load/clock.h"
#include "bench/load/full_subscriber.h"
#include "bench/load/loop_thread.h"
#include "bench/load/nice_link.h"

namespace parlance::load {

class FullLoop {
 public:
  LoopThread& thread() { return thread_; }

  // Where the links of its subscribers live.
  NiceContext& context() { return context_; }

  // On its thread.
  FullSubscriber& add(std::unique_ptr<FullSubscriber> subscriber);

 private:
  void turn();

  NiceContext context_;
  std::vector<std::unique_ptr<FullSubscriber>> subscribers_;
  Nanoseconds next_timer_ = 0;
  LoopThread thread_{[this] {
    turn();
  }};
};

}  // namespace parlance::load
