#include "rtp/stream/arrival_log.h"

#include <algorithm>

namespace parlance::rtp {

namespace {

// More packets than this in half a second are no honest uplink's; the oldest go.
constexpr std::size_t kMaxArrivals = 8192;

}  // namespace

void ArrivalLog::on_packet(Timestamp now, std::uint16_t transport_sequence, Ssrc ssrc) {
  const SequenceUpdate update = sequences_.update(transport_sequence);
  if (update.verdict == SequenceVerdict::kBad) {
    return;
  }
  if (update.verdict == SequenceVerdict::kFirst || update.verdict == SequenceVerdict::kReset) {
    arrivals_.clear();
    next_to_report_ = update.extended;
  }
  media_ssrc_ = ssrc;
  const auto place =
      std::ranges::lower_bound(arrivals_, update.extended, {}, &rtcp::PacketArrival::sequence);
  if (place != arrivals_.end() && place->sequence == update.extended) {
    return;  // a duplicate; the first one counts
  }
  arrivals_.insert(place, {update.extended, now});
  // A late packet is reported again with what followed it, so that the sender doesn't take it for
  // lost.
  next_to_report_ = std::min(next_to_report_, update.extended);
  drop_old(now);
  if (next_feedback_ == kNever) {
    next_feedback_ = std::max(now, last_feedback_ + kTransportFeedbackInterval);
  }
}

bool ArrivalLog::write_feedback(Timestamp now, ByteWriter& out, Ssrc sender_ssrc) {
  const auto first =
      std::ranges::lower_bound(arrivals_, next_to_report_, {}, &rtcp::PacketArrival::sequence);
  if (first == arrivals_.end()) {
    next_feedback_ = kNever;
    return false;
  }
  const std::size_t taken =
      rtcp::write_transport_feedback(out,
                                     {sender_ssrc, media_ssrc_, feedback_count_, next_to_report_},
                                     std::span<const rtcp::PacketArrival>(first, arrivals_.end()));
  if (!out.ok()) {
    return false;
  }
  ++feedback_count_;
  const auto after = first + static_cast<std::ptrdiff_t>(taken);
  next_to_report_ = (after - 1)->sequence + 1;
  last_feedback_ = now;
  if (after == arrivals_.end()) {
    next_feedback_ = kNever;
  }
  return true;
}

void ArrivalLog::drop_old(Timestamp now) {
  const auto is_kept = [&](const rtcp::PacketArrival& arrival) {
    return now - arrival.at <= kArrivalWindow;
  };
  auto end = std::ranges::find_if(arrivals_, is_kept);
  if (arrivals_.end() - end > static_cast<std::ptrdiff_t>(kMaxArrivals)) {
    end = arrivals_.end() - static_cast<std::ptrdiff_t>(kMaxArrivals);
  }
  // Moving the rest forward costs its length, so it is done for many at a time.
  constexpr std::ptrdiff_t kWorthIt = 64;
  if (end - arrivals_.begin() >= kWorthIt) {
    arrivals_.erase(arrivals_.begin(), end);
  }
}

}  // namespace parlance::rtp
