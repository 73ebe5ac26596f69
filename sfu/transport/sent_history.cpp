#include "sfu/transport/sent_history.h"

#include <utility>

namespace parlance::sfu {

std::uint32_t SentHistory::low_us(Timestamp at) {
  return static_cast<std::uint32_t>(at.time_since_epoch().count());
}

void SentHistory::on_sent(Timestamp now) {
  make_room(now);
  slot(next_) = {low_us(now), next_, Fate::kUnknown};
  ++next_;
  ++totals_.sent;
}

void SentHistory::make_room(Timestamp now) {
  if (sent_.empty()) {
    sent_.resize(kFirstPackets);
    return;
  }
  const Sent& oldest = slot(next_);
  const bool needed = oldest.fate == Fate::kUnknown &&
                      low_us(now) - oldest.at_us < static_cast<std::uint32_t>(kKept.count());
  if (!needed || sent_.size() == kMaxPackets) {
    return;
  }
  const std::vector<Sent> before = std::exchange(sent_, std::vector<Sent>(2 * sent_.size()));
  for (const Sent& sent : before) {
    slot(sent.sequence) = sent;
  }
}

void SentHistory::on_feedback(Timestamp now, const rtp::rtcp::TransportFeedback& feedback) {
  ++totals_.feedbacks;
  if (sent_.empty()) {
    return;
  }
  std::uint32_t arrived = 0;
  std::uint32_t missing = 0;
  feedback.for_each([&](std::uint16_t sequence, std::optional<Duration> arrival) {
    Sent& sent = slot(sequence);
    if (sent.sequence != sequence || sent.fate == Fate::kUnused || sent.fate == Fate::kArrived) {
      return;
    }
    if (arrival) {
      ++arrived;
      ++totals_.arrived;
      if (sent.fate == Fate::kMissing) {
        --totals_.missing;
      }
      sent.fate = Fate::kArrived;
      totals_.last_round_trip = Duration(low_us(now) - sent.at_us);
    } else if (sent.fate == Fate::kUnknown) {
      ++missing;
      ++totals_.missing;
      sent.fate = Fate::kMissing;
    }
  });
  if (arrived + missing > 0) {
    totals_.fraction_lost = static_cast<std::uint8_t>(missing * 255 / (arrived + missing));
  }
}

}  // namespace parlance::sfu
