// The only way from one thread to another: a bounded queue of many producers and one consumer.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace parlance {

// Bounded lock-free queue (D. Vyukov's array queue): any thread posts, one thread takes. The
// capacity is a power of two and fixed; a full mailbox refuses, and the sender says what happens
// then. How the taker is woken (eventfd, lws_cancel_service) is the shell's business: post() tells
// when that is due.
template <typename T>
class Mailbox {
 public:
  enum class Posted : std::uint8_t {
    kFull,    // refused, nothing was taken from the argument
    kQueued,  // the taker has been told already
    kWakeUp,  // the caller has to wake the taker
  };

  explicit Mailbox(std::size_t capacity)
      : mask_(capacity - 1), cells_(std::make_unique<Cell[]>(capacity)) {
    for (std::size_t i = 0; i < capacity; ++i) {
      cells_[i].sequence.store(i, std::memory_order_relaxed);
    }
  }

  Posted post(T&& value) {
    std::size_t at = tail_.load(std::memory_order_relaxed);
    for (;;) {
      Cell& cell = cells_[at & mask_];
      const std::size_t sequence = cell.sequence.load(std::memory_order_acquire);
      if (sequence == at) {
        if (tail_.compare_exchange_weak(at, at + 1, std::memory_order_relaxed)) {
          cell.value = std::move(value);
          cell.sequence.store(at + 1, std::memory_order_release);
          return awake_.exchange(true, std::memory_order_acq_rel) ? Posted::kQueued
                                                                  : Posted::kWakeUp;
        }
      } else if (sequence < at) {
        return Posted::kFull;
      } else {
        at = tail_.load(std::memory_order_relaxed);
      }
    }
  }

  // For the taker, before it drains: posts from here on ask for another wake-up.
  void acknowledge_wake_up() { awake_.exchange(false, std::memory_order_acq_rel); }

  std::optional<T> take() {
    Cell& cell = cells_[head_ & mask_];
    if (cell.sequence.load(std::memory_order_acquire) != head_ + 1) {
      return std::nullopt;
    }
    std::optional<T> value(std::move(cell.value));
    cell.value = T{};
    cell.sequence.store(head_ + mask_ + 1, std::memory_order_release);
    ++head_;
    return value;
  }

 private:
  struct Cell {
    std::atomic<std::size_t> sequence;
    T value{};
  };

  static constexpr std::size_t kCacheLine = 64;

  const std::size_t mask_;
  const std::unique_ptr<Cell[]> cells_;
  alignas(kCacheLine) std::atomic<std::size_t> tail_{0};
  alignas(kCacheLine) std::atomic<bool> awake_{false};
  alignas(kCacheLine) std::size_t head_ = 0;
};

}  // namespace parlance
