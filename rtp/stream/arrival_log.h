// The arrival times of one transport's packets, and the transport-cc feedback made of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/byte_writer.h"
#include "base/time.h"
#include "rtp/parameters.h"
#include "rtp/rtcp/transport_feedback.h"
#include "rtp/stream/sequence.h"

namespace parlance::rtp {

inline constexpr Duration kTransportFeedbackInterval = std::chrono::milliseconds(100);
inline constexpr Duration kArrivalWindow = std::chrono::milliseconds(500);

// One per transport that receives media. The owner calls write_feedback() when next_timeout() has
// come, until it returns false: one call makes one RTCP packet.
class ArrivalLog {
 public:
  // Only for authenticated packets.
  void on_packet(Timestamp now, std::uint16_t transport_sequence, Ssrc ssrc);

  Timestamp next_timeout() const { return next_feedback_; }

  // Appends one feedback packet for what arrived since the last. False where there was nothing, or
  // it didn't fit (writer no longer ok).
  bool write_feedback(Timestamp now, ByteWriter& out, Ssrc sender_ssrc);

 private:
  void drop_old(Timestamp now);

  SequenceTracker sequences_;
  std::vector<rtcp::PacketArrival> arrivals_;  // ascending by sequence
  ExtendedSequence next_to_report_ = 0;
  Timestamp next_feedback_ = kNever;
  Timestamp last_feedback_{};
  Ssrc media_ssrc_ = 0;
  std::uint8_t feedback_count_ = 0;
};

}  // namespace parlance::rtp
