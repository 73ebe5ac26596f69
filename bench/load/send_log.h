// When which payload of a clip was sent last: what a receiver measures delay against.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "bench/load/clock.h"

namespace parlance::load {

// Of one publisher's track. Written on its thread, read on those of its subscribers.
class SendLog {
 public:
  explicit SendLog(std::size_t payloads)
      : sent_at_(std::make_unique<std::atomic<Nanoseconds>[]>(payloads)) {}

  void note(std::size_t payload, Nanoseconds at) {
    sent_at_[payload].store(at, std::memory_order_release);
    packets_.fetch_add(1, std::memory_order_relaxed);
  }

  // 0: never.
  Nanoseconds sent_at(std::size_t payload) const {
    return sent_at_[payload].load(std::memory_order_acquire);
  }

  std::uint64_t packets() const { return packets_.load(std::memory_order_relaxed); }

 private:
  std::unique_ptr<std::atomic<Nanoseconds>[]> sent_at_;
  std::atomic<std::uint64_t> packets_{0};
};

}  // namespace parlance::load
