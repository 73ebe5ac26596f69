// A thread that clients live on, and how others get a word in.
#pragma once

#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace parlance::load {

// Does its turn again and again until it is destroyed. An owner declares it last: what the turn
// uses is made before the thread and outlives it.
class LoopThread {
 public:
  explicit LoopThread(std::function<void()> turn)
      : turn_(std::move(turn)), thread_([this](const std::stop_token& stop) { live(stop); }) {}

  // Does the work between two turns and returns what it gives, or throws what it throws. From any
  // other thread.
  template <typename Work>
  auto run(Work work) {
    std::packaged_task<std::invoke_result_t<Work&>()> task(std::move(work));
    auto result = task.get_future();
    {
      const std::lock_guard lock(mutex_);
      work_.emplace_back(std::move(task));
    }
    return result.get();
  }

 private:
  void live(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      for (auto& work : take_work()) {
        work();
      }
      turn_();
    }
  }

  std::vector<std::move_only_function<void()>> take_work() {
    const std::lock_guard lock(mutex_);
    return std::exchange(work_, {});
  }

  std::function<void()> turn_;
  std::mutex mutex_;
  std::vector<std::move_only_function<void()>> work_;  // under mutex_
  std::jthread thread_;
};

}  // namespace parlance::load
