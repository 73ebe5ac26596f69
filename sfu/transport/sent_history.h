// When packets with transport-cc numbers were sent, and what the subscriber said about their
// arrival.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/time.h"
#include "rtp/rtcp/transport_feedback.h"

namespace parlance::sfu {

// A ring indexed by the number, so that a packet costs one store. Its memory is taken with the
// first packet.
class SentHistory {
 public:
  static constexpr std::size_t kPackets = 2048;  // a power of two

  // The number that the next packet may carry.
  std::uint16_t next_sequence() const { return next_; }

  // A packet went out under next_sequence().
  void on_sent(Timestamp now, std::size_t size);

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
  enum class Fate : std::uint8_t { kUnknown, kArrived, kMissing };

  struct Sent {
    Timestamp at{};
    std::uint16_t size = 0;
    std::uint16_t sequence = 0;
    Fate fate = Fate::kUnknown;
    bool used = false;
  };

  std::unique_ptr<std::array<Sent, kPackets>> sent_;
  std::uint16_t next_ = 1;
  Totals totals_;
};

}  // namespace parlance::sfu
