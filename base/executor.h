// A thread's front door, as others see it.
#pragma once

#include <functional>

namespace parlance {

using Task = std::move_only_function<void()>;

// Runs tasks one after another, in the order posted, on the thread that owns it. post() is safe
// from any thread and never blocks; it returns false where the thread's mailbox is full or the
// thread has stopped.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual bool post(Task task) = 0;
};

}  // namespace parlance
