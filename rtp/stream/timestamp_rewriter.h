// How one consumer's RTP timestamps follow from the producer's when the source changes.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace parlance::rtp {

// Pause and resume of one source need nothing: its clock runs on. Another source gets an offset, so
// that the output advances by the time that passed.
class TimestampRewriter {
 public:
  explicit TimestampRewriter(std::uint32_t clock_rate) : clock_rate_(clock_rate) {}

  // The next packet, with this timestamp, comes from another source than those before.
  void switch_source(Timestamp now, std::uint32_t input);

  // Also for the RTP timestamp of a sender report.
  std::uint32_t map(std::uint32_t input) const { return input + offset_; }

  // A packet was sent; what the next switch counts from.
  void on_sent(Timestamp now, std::uint32_t output);

 private:
  std::uint32_t clock_rate_;
  std::uint32_t offset_ = 0;
  std::uint32_t last_output_ = 0;
  Timestamp last_at_{};
  bool sent_ = false;
};

}  // namespace parlance::rtp
