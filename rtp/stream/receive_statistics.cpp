#include "rtp/stream/receive_statistics.h"

#include <algorithm>
#include <limits>

namespace parlance::rtp {

void ReceiveStatistics::on_packet(Timestamp now,
                                  const SequenceUpdate& update,
                                  std::uint32_t rtp_timestamp) {
  if (update.verdict == SequenceVerdict::kBad) {
    return;
  }
  if (update.verdict == SequenceVerdict::kFirst || update.verdict == SequenceVerdict::kReset) {
    lost_before_reset_ = started_ ? lost() : 0;
    started_ = false;
    first_ = newest_ = update.extended;
    received_since_reset_ = 0;
    expected_prior_ = 0;
    received_prior_ = 0;
  }
  ++received_;
  ++received_since_reset_;
  newest_ = std::max(newest_, update.extended);
  if (update.verdict != SequenceVerdict::kLate) {
    update_jitter(now, rtp_timestamp);
  }
}

void ReceiveStatistics::on_sender_report(Timestamp now, NtpTime sent) {
  last_report_ = sent.compact();
  last_report_at_ = now;
}

// RFC 3550 appendix A.3.
std::optional<rtcp::ReportBlock> ReceiveStatistics::make_report(Timestamp now, std::uint32_t ssrc) {
  if (!started_) {
    return std::nullopt;
  }
  const std::int64_t expected = newest_ - first_ + 1;
  const std::int64_t expected_interval = expected - expected_prior_;
  const std::int64_t lost_interval = expected_interval - (received_since_reset_ - received_prior_);
  expected_prior_ = expected;
  received_prior_ = received_since_reset_;
  fraction_lost_ = 0;
  if (expected_interval > 0 && lost_interval > 0) {
    fraction_lost_ = static_cast<std::uint8_t>(std::min<std::int64_t>(
        std::numeric_limits<std::uint8_t>::max(), lost_interval * 256 / expected_interval));
  }
  rtcp::ReportBlock block;
  block.ssrc = ssrc;
  block.fraction_lost = fraction_lost_;
  block.cumulative_lost =
      static_cast<std::int32_t>(std::clamp<std::int64_t>(lost(), -0x800000, 0x7FFFFF));
  block.highest_sequence = static_cast<std::uint32_t>(newest_ & 0xFFFFFFFF);
  block.jitter = jitter();
  block.last_sr = last_report_;
  block.delay_since_last_sr = last_report_ == 0 ? 0 : to_compact(now - last_report_at_);
  return block;
}

std::int64_t ReceiveStatistics::lost() const {
  if (!started_) {
    return 0;
  }
  return lost_before_reset_ + (newest_ - first_ + 1) - received_since_reset_;
}

// RFC 3550 appendix A.8, scaled by 16. Packets of one frame share a timestamp; only the first tells
// something of the network.
void ReceiveStatistics::update_jitter(Timestamp now, std::uint32_t rtp_timestamp) {
  constexpr std::int64_t kMicrosPerSecond = 1'000'000;
  const std::int64_t micros = now.time_since_epoch().count();
  const std::int64_t ticks = micros / kMicrosPerSecond * clock_rate_ +
                             micros % kMicrosPerSecond * clock_rate_ / kMicrosPerSecond;
  const auto transit = static_cast<std::uint32_t>(ticks) - rtp_timestamp;
  if (started_ && rtp_timestamp == last_rtp_timestamp_) {
    return;
  }
  if (started_) {
    const auto difference = static_cast<std::int32_t>(transit - last_transit_);
    const std::uint32_t distance = difference < 0 ? 0U - static_cast<std::uint32_t>(difference)
                                                  : static_cast<std::uint32_t>(difference);
    jitter_x16_ += std::min(distance, kMaxTransitStep) - ((jitter_x16_ + 8) >> 4U);
  }
  started_ = true;
  last_transit_ = transit;
  last_rtp_timestamp_ = rtp_timestamp;
}

}  // namespace parlance::rtp
