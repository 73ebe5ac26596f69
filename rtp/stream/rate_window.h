// Bytes per second over the last second.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace parlance::rtp {

// A window of fixed buckets: add() is O(1), no allocation. A packet's age is known to one bucket.
class RateWindow {
 public:
  static constexpr std::size_t kBuckets = 40;

  explicit RateWindow(Duration window = std::chrono::milliseconds(1000))
      : bucket_length_(window / kBuckets) {}

  // Called for every packet that leaves, several times: most of them end in the open bucket, all
  // that is touched for them lies together, and nothing is divided.
  void add(Timestamp now, std::size_t bytes) {
    if (now >= open_until_) {
      advance(now);
    }
    open_bytes_ += bytes;
    total_bytes_ += bytes;
    ++total_packets_;
  }

  // Over the window, or over the time since the first packet where that is shorter.
  std::uint64_t bits_per_second(Timestamp now);

  std::uint64_t total_bytes() const { return total_bytes_; }

  std::uint64_t total_packets() const { return total_packets_; }

 private:
  void advance(Timestamp now);

  Timestamp open_until_ = Timestamp::min();  // end of the newest bucket
  std::uint64_t open_bytes_ = 0;             // in it
  std::uint64_t total_bytes_ = 0;
  std::uint64_t total_packets_ = 0;
  Duration bucket_length_;
  std::int64_t newest_bucket_ = 0;
  std::int64_t first_bucket_ = 0;
  std::uint64_t in_window_ = 0;                    // in the buckets before the newest
  std::array<std::uint32_t, kBuckets> buckets_{};  // the newest one's place is empty
};

}  // namespace parlance::rtp
