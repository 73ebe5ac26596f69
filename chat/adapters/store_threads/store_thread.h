// A thread that works off a bounded queue, batch by batch.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/mailbox.h"

namespace parlance::chat {

// Wakes one thread from others: an eventfd(2), waited on by reading it.
class WakeUp {
 public:
  WakeUp();
  ~WakeUp();
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  void signal();
  void wait();

 private:
  int descriptor_;
};

// Starts a thread that leaves the process's signals to others.
std::thread start_quiet_thread(std::string name, std::function<void()> body);

// Takes whatever is queued, up to max_batch and without waiting for more, and hands it to the work,
// which runs on the thread. Requests are worked off in the order posted.
template <typename Request>
class StoreThread {
 public:
  using Batch = std::span<const std::unique_ptr<Request>>;
  using Work = std::function<void(Batch)>;

  // The capacity is a power of two.
  StoreThread(std::string name, std::size_t capacity, std::size_t max_batch, Work work)
      : queue_(capacity), max_batch_(max_batch), work_(std::move(work)) {
    thread_ = start_quiet_thread(std::move(name), [this] { loop(); });
  }

  ~StoreThread() { stop(); }

  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;

  // From any thread, until stop() is called. False where the queue is full; the request stays with
  // the caller.
  bool post(std::unique_ptr<Request>& request) {
    const auto posted = queue_.post(std::move(request));
    if (posted == Mailbox<std::unique_ptr<Request>>::Posted::kWakeUp) {
      wake_up_.signal();
    }
    return posted != Mailbox<std::unique_ptr<Request>>::Posted::kFull;
  }

  // Works off everything posted before, then joins. From one thread, once nobody posts any more.
  void stop() {
    if (thread_.joinable()) {
      stopping_.store(true, std::memory_order_release);
      wake_up_.signal();
      thread_.join();
    }
  }

 private:
  void loop() {
    bool last_round = false;
    while (!last_round) {
      wake_up_.wait();
      queue_.acknowledge_wake_up();
      last_round = stopping_.load(std::memory_order_acquire);
      while (take_batch()) {
        work_(batch_);
        batch_.clear();
      }
    }
  }

  bool take_batch() {
    while (batch_.size() < max_batch_) {
      auto request = queue_.take();
      if (!request) {
        break;
      }
      batch_.push_back(std::move(*request));
    }
    return !batch_.empty();
  }

  Mailbox<std::unique_ptr<Request>> queue_;
  const std::size_t max_batch_;
  const Work work_;
  std::vector<std::unique_ptr<Request>> batch_;
  WakeUp wake_up_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace parlance::chat
