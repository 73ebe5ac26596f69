// The way in to a thread that ends.
#pragma once

#include <atomic>

namespace parlance::chat {

// Lets callers in until it closes; after close() returned, none is inside any more.
class Gate {
 public:
  // True: the caller is inside and has to leave().
  bool enter();

  void leave() { inside_.fetch_sub(1); }

  // Callers inside never block, so that this waits for moments only.
  void close();

 private:
  std::atomic<int> inside_{0};
  std::atomic<bool> closed_{false};
};

}  // namespace parlance::chat
