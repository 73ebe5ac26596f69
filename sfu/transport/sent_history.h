// When packets with transport-cc numbers were sent, and what the subscriber said about their
// arrival.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "rtp/rtcp/transport_feedback.h"

namespace parlance::sfu {

// A ring indexed by the number, so that a packet costs one store. It begins small and doubles for
// as long as packets would go out of it that may still be told of.
class SentHistory {
 public:
  static constexpr std::size_t kFirstPackets = 128;  // powers of two
  static constexpr std::size_t kMaxPackets = 2048;

  // A subscriber tells of packets within a round trip and 100 ms or so.
  static constexpr Duration kKept = std::chrono::milliseconds(500);

  // The number that the next packet may carry.
  std::uint16_t next_sequence() const { return next_; }

  // A packet went out under next_sequence().
  void on_sent(Timestamp now);

  void on_feedback(Timestamp now, const rtp::rtcp::TransportFeedback& feedback);

  struct Totals {
    std::uint64_t sent = 0;
    std::uint64_t arrived = 0;
    std::uint64_t missing = 0;  // reported as not arrived; may still arrive
    std::uint64_t feedbacks = 0;
    std::uint8_t fraction_lost = 0;  // of 256, in the last feedback that told of any packet
    std::optional<Duration>
        last_round_trip;  // of the newest packet of the last feedback, its delay included
  };

  const Totals& totals() const { return totals_; }

 private:
  enum class Fate : std::uint8_t { kUnused, kUnknown, kArrived, kMissing };

  struct Sent {
    std::uint32_t at_us = 0;  // the low bits: what is told of is minutes old at most
    std::uint16_t sequence = 0;
    Fate fate = Fate::kUnused;
  };

  static std::uint32_t low_us(Timestamp at);

  Sent& slot(std::uint16_t sequence) { return sent_[sequence & (sent_.size() - 1)]; }

  void make_room(Timestamp now);

  std::vector<Sent> sent_;
  std::uint16_t next_ = 1;
  Totals totals_;
};

}  // namespace parlance::sfu
