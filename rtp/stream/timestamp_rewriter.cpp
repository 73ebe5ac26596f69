#include "rtp/stream/timestamp_rewriter.h"

#include <algorithm>

namespace parlance::rtp {

void TimestampRewriter::switch_source(Timestamp now, std::uint32_t input) {
  if (!sent_) {
    return;
  }
  constexpr std::int64_t kSecond = std::chrono::microseconds(std::chrono::seconds(1)).count();
  // Two frames must not share a timestamp, so it advances by one tick at least.
  const std::int64_t ticks =
      std::max<std::int64_t>(1, (now - last_at_).count() * clock_rate_ / kSecond);
  offset_ = last_output_ + static_cast<std::uint32_t>(ticks) - input;
}

void TimestampRewriter::on_sent(Timestamp now, std::uint32_t output) {
  sent_ = true;
  last_output_ = output;
  last_at_ = now;
}

}  // namespace parlance::rtp
