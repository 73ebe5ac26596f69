// An executor whose tasks run when the test says so.
#pragma once

#include <deque>
#include <utility>

#include "base/executor.h"

namespace parlance::test {

class ManualExecutor final : public Executor {
 public:
  bool post(Task task) override {
    tasks_.push_back(std::move(task));
    return true;
  }

  // Runs all there is, and what that posts.
  void run() {
    while (!tasks_.empty()) {
      Task task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
  }

  bool idle() const { return tasks_.empty(); }

 private:
  std::deque<Task> tasks_;
};

}  // namespace parlance::test
