// Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "base/time.h"
#include "rtp/rtcp/compound.h"
#include "rtp/stream/sequence.h"

namespace parlance::rtp::rtcp {

inline constexpr Duration kFeedbackTick = std::chrono::microseconds(250);
inline constexpr Duration kFeedbackReferenceTick = std::chrono::milliseconds(64);

// A view, checked by parse_transport_feedback(): every status is there and has its delta.
struct TransportFeedback {
  Ssrc sender = 0;
  Ssrc media = 0;
  std::uint16_t base_sequence = 0;
  std::uint16_t status_count = 0;
  std::int32_t reference_time = 0;  // in 64 ms, 24 bits signed; the peer's clock
  std::uint8_t feedback_count = 0;
  std::span<const std::uint8_t> chunks;
  std::span<const std::uint8_t> deltas;

  // Calls fn(std::uint16_t sequence, std::optional<Duration> arrival) for each packet reported on;
  // the arrival is counted from the zero of reference_time's clock, nothing for a packet that is
  // missing.
  template <typename Fn>
  void for_each(Fn&& fn) const;
};

std::expected<TransportFeedback, RtcpError> parse_transport_feedback(const Packet& packet);

struct PacketArrival {
  ExtendedSequence sequence = 0;
  Timestamp at{};
};

struct FeedbackNumbers {
  Ssrc sender = 0;
  Ssrc media = 0;
  std::uint8_t feedback_count = 0;
  ExtendedSequence base = 0;  // the first packet reported on, arrived or not
};

// Reports on `arrivals` (ascending by sequence, none below base) and returns how many of them went
// in: fewer than given where a delta is too large for the format or the packet would exceed
// kMaxFeedbackSize; the rest begin the next packet.
std::size_t write_transport_feedback(ByteWriter& out,
                                     const FeedbackNumbers& numbers,
                                     std::span<const PacketArrival> arrivals);

inline constexpr std::size_t kMaxFeedbackSize = 1200;

namespace detail {

// Walks status symbols: 0 missing, 1 small delta, 2 large or negative delta, 3 reserved.
class StatusReader {
 public:
  explicit StatusReader(std::span<const std::uint8_t> chunks) : chunks_(chunks) {}

  // Nothing when the chunks are used up.
  std::optional<std::uint8_t> next();

  // Bytes of chunks touched so far.
  std::size_t consumed() const { return at_; }

 private:
  std::span<const std::uint8_t> chunks_;
  std::size_t at_ = 0;
  std::uint16_t chunk_ = 0;
  unsigned left_ = 0;  // symbols left in the chunk
};

}  // namespace detail

template <typename Fn>
void TransportFeedback::for_each(Fn&& fn) const {
  detail::StatusReader statuses(chunks);
  Duration at = reference_time * kFeedbackReferenceTick;
  std::size_t delta_at = 0;
  for (std::uint32_t i = 0; i < status_count; ++i) {
    const auto sequence = static_cast<std::uint16_t>(base_sequence + i);
    const std::uint8_t symbol = statuses.next().value_or(0);
    std::optional<Duration> arrival;
    if (symbol == 1 && delta_at + 1 <= deltas.size()) {
      at += deltas[delta_at] * kFeedbackTick;
      delta_at += 1;
      arrival = at;
    } else if (symbol == 2 && delta_at + 2 <= deltas.size()) {
      const auto raw = static_cast<std::uint16_t>(deltas[delta_at] << 8U | deltas[delta_at + 1]);
      at += static_cast<std::int16_t>(raw) * kFeedbackTick;
      delta_at += 2;
      arrival = at;
    }
    fn(sequence, arrival);
  }
}

}  // namespace parlance::rtp::rtcp
