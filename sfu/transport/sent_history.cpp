#include "sfu/transport/sent_history.h"

namespace parlance::sfu {

void SentHistory::on_sent(Timestamp now, std::size_t size) {
  if (sent_ == nullptr) {
    sent_ = std::make_unique<std::array<Sent, kPackets>>();
  }
  (*sent_)[next_ % kPackets] = {now, static_cast<std::uint16_t>(size), next_, Fate::kUnknown, true};
  ++next_;
  ++totals_.sent;
}

void SentHistory::on_feedback(Timestamp now, const rtp::rtcp::TransportFeedback& feedback) {
  ++totals_.feedbacks;
  if (sent_ == nullptr) {
    return;
  }
  std::uint32_t arrived = 0;
  std::uint32_t missing = 0;
  feedback.for_each([&](std::uint16_t sequence, std::optional<Duration> arrival) {
    Sent& sent = (*sent_)[sequence % kPackets];
    if (!sent.used || sent.sequence != sequence || sent.fate == Fate::kArrived) {
      return;
    }
    if (arrival) {
      ++arrived;
      ++totals_.arrived;
      if (sent.fate == Fate::kMissing) {
        --totals_.missing;
      }
      sent.fate = Fate::kArrived;
      totals_.last_round_trip = now - sent.at;
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
