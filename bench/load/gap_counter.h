// Counts what arrived of one RTP stream and what is missing, by sequence numbers alone.
#pragma once

#include <cstdint>

namespace parlance::load {

class GapCounter {
 public:
  // Totals since the first packet; the difference of two of them is what happened between.
  struct Totals {
    std::uint64_t received = 0;  // duplicates not counted
    std::uint64_t expected = 0;  // from the first to the highest sequence number
    std::uint64_t duplicates = 0;
  };

  void add(std::uint16_t sequence) {
    if (!started_) {
      started_ = true;
      highest_ = sequence;
      seen_ = 1;
      ++totals_.received;
      ++totals_.expected;
      return;
    }
    const auto ahead = static_cast<std::int16_t>(static_cast<std::uint16_t>(sequence - highest_));
    if (ahead > 0) {
      seen_ = ahead < kWindow ? seen_ << static_cast<unsigned>(ahead) | 1U : 1U;
      highest_ = sequence;
      totals_.expected += static_cast<std::uint64_t>(ahead);
      ++totals_.received;
    } else {
      add_late(-ahead);
    }
  }

  const Totals& totals() const { return totals_; }

  std::uint16_t highest() const { return highest_; }

  bool started() const { return started_; }

 private:
  static constexpr int kWindow = 64;

  void add_late(int behind) {
    const std::uint64_t bit =
        behind < kWindow ? std::uint64_t{1} << static_cast<unsigned>(behind) : 0;
    if (bit == 0 || (seen_ & bit) != 0) {
      ++totals_.duplicates;
    } else if (totals_.received < totals_.expected) {
      seen_ |= bit;
      ++totals_.received;
    }
  }

  Totals totals_;
  std::uint64_t seen_ = 0;  // bit n: the packet n before the highest has arrived
  std::uint16_t highest_ = 0;
  bool started_ = false;
};

}  // namespace parlance::load
