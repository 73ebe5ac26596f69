// Percentiles of durations, within 2 %, in constant memory.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "bench/load/clock.h"

namespace parlance::load {

// Buckets of equal width between two powers of two of nanoseconds.
class Histogram {
 public:
  void add(Nanoseconds value) {
    const auto clamped = static_cast<std::uint64_t>(std::clamp<Nanoseconds>(value, 0, kMost));
    ++counts_[bucket(clamped)];
    ++count_;
    most_ = std::max(most_, static_cast<Nanoseconds>(clamped));
  }

  void merge(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      counts_[i] += other.counts_[i];
    }
    count_ += other.count_;
    most_ = std::max(most_, other.most_);
  }

  std::uint64_t count() const { return count_; }

  Nanoseconds most() const { return most_; }

  // The value that `share` (0 to 1) of all are at most; 0 where there are none.
  Nanoseconds percentile(double share) const {
    const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(count_));
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      below += counts_[i];
      if (below > wanted || (below == count_ && below > 0)) {
        return std::min(upper_end(i), most_);
      }
    }
    return 0;
  }

 private:
  static constexpr unsigned kBits = 6;  // 64 buckets for each power of two
  static constexpr unsigned kPowers = 36;
  static constexpr Nanoseconds kMost =
      (Nanoseconds{1} << (kPowers + kBits - 1)) - 1;  // over an hour

  static std::size_t bucket(std::uint64_t value) {
    const auto width = static_cast<unsigned>(std::bit_width(value));
    if (width <= kBits) {
      return value;
    }
    const unsigned shift = width - kBits;
    return (std::size_t{shift} << (kBits - 1)) + (value >> shift);
  }

  static Nanoseconds upper_end(std::size_t index) {
    constexpr std::size_t kHalf = std::size_t{1} << (kBits - 1);
    if (index < 2 * kHalf) {
      return static_cast<Nanoseconds>(index);
    }
    const std::size_t shift = index / kHalf - 1;
    const std::size_t mantissa = index - shift * kHalf;
    return static_cast<Nanoseconds>(((mantissa + 1) << shift) - 1);
  }

  std::array<std::uint64_t, (kPowers + 2) << (kBits - 1)> counts_{};
  std::uint64_t count_ = 0;
  Nanoseconds most_ = 0;
};

}  // namespace parlance::load
