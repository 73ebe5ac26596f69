// Decides which missing packets to ask the publisher for, and when.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "base/timer_slots.h"
#include "rtp/stream/sequence.h"

namespace parlance::rtp {

// mediasoup's starting values.
inline constexpr Duration kNackDelay = std::chrono::milliseconds(10);     // lets reordering settle
inline constexpr Duration kNackInterval = std::chrono::milliseconds(40);  // least time between asks
inline constexpr Duration kNackDefaultRtt = std::chrono::milliseconds(100);
inline constexpr std::uint8_t kNackMaxRetries = 10;
inline constexpr std::size_t kNackMaxList = 1000;
inline constexpr std::int64_t kNackMaxAge = 10000;  // in packets

// Numbers handed out at once: even if none are neighbours, their NACK fits into 1,000 bytes.
inline constexpr std::size_t kNackMaxAsk = 240;

// One per received stream. A missing packet is asked for 10 ms after it was found missing, then
// once each round trip, ten times. Pure: the owner calls on_timeout() when next_timeout() has come.
class NackGenerator {
 public:
  // Returns whether the packet was on the list: a retransmission did its work, or it was merely
  // late.
  bool on_packet(Timestamp now, ExtendedSequence sequence, bool starts_key_frame);

  // Appends the numbers to ask for now, in ascending order, kNackMaxAsk at most; where there are
  // more, next_timeout() stays due.
  void on_timeout(Timestamp now, std::vector<std::uint16_t>& ask_for);

  Timestamp next_timeout() const { return timers_.next_timeout(); }

  // True once after the list overflowed: only a key frame repairs that.
  bool take_key_frame_needed();

  void set_rtt(Duration rtt) { rtt_ = rtt; }

  void reset();

  std::size_t missing() const { return missing_.size(); }

  std::uint64_t abandoned() const { return abandoned_; }

 private:
  enum class Slot : std::uint8_t { kAsk, kCount };

  struct Missing {
    ExtendedSequence sequence = 0;
    Timestamp ask_at{};
    std::uint8_t asked = 0;
  };

  bool forget(ExtendedSequence sequence);
  void add_gap(Timestamp now, ExtendedSequence from, ExtendedSequence to);
  void make_room(std::size_t wanted);
  void drop_before(ExtendedSequence sequence);

  TimerSlots<Slot> timers_;
  std::vector<Missing> missing_;              // ascending
  std::vector<ExtendedSequence> key_frames_;  // ascending; first packets, within kNackMaxAge
  Duration rtt_ = kNackDefaultRtt;
  ExtendedSequence newest_ = 0;
  bool started_ = false;
  bool key_frame_needed_ = false;
  std::uint64_t abandoned_ = 0;
};

}  // namespace parlance::rtp
