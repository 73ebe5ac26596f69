#include "rtp/stream/rate_window.h"

#include <algorithm>
#include <chrono>

namespace parlance::rtp {

std::uint64_t RateWindow::bits_per_second(Timestamp now) {
  if (total_packets_ == 0) {
    return 0;
  }
  if (now >= open_until_) {
    advance(now);
  }
  const auto covered = std::min<std::int64_t>(kBuckets, newest_bucket_ - first_bucket_ + 1);
  const auto micros = static_cast<std::uint64_t>(covered * bucket_length_.count());
  constexpr std::uint64_t kMicrosPerSecond = 1'000'000;
  return (in_window_ + open_bytes_) * 8 * kMicrosPerSecond / micros;
}

// Closes the newest bucket and opens the one of `now`.
void RateWindow::advance(Timestamp now) {
  const std::int64_t bucket = now.time_since_epoch() / bucket_length_;
  open_until_ = Timestamp((bucket + 1) * bucket_length_);
  if (total_packets_ == 0) {
    first_bucket_ = newest_bucket_ = bucket;
    return;
  }
  buckets_[static_cast<std::size_t>(newest_bucket_) % kBuckets] =
      static_cast<std::uint32_t>(open_bytes_);
  in_window_ += open_bytes_;
  open_bytes_ = 0;
  if (bucket - newest_bucket_ >= static_cast<std::int64_t>(kBuckets)) {
    buckets_.fill(0);
    in_window_ = 0;
    newest_bucket_ = bucket;
  }
  while (newest_bucket_ < bucket) {
    ++newest_bucket_;
    std::uint32_t& reused = buckets_[static_cast<std::size_t>(newest_bucket_) % kBuckets];
    in_window_ -= reused;
    reused = 0;
  }
}

}  // namespace parlance::rtp
