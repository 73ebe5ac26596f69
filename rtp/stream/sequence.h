// Sequence numbers beyond their 16 bits, with RFC 3550's sanity checks.
#pragma once

#include <cstdint>
#include <optional>

namespace parlance::rtp {

// Numbers packets of a stream without wrapping. May go below zero for packets that are late right
// at the start.
using ExtendedSequence = std::int64_t;

inline constexpr std::uint16_t kMaxDropout = 3000;   // RFC 3550 appendix A.1
inline constexpr std::uint16_t kMaxMisorder = 1500;  // mediasoup's; the RFC has 100

// Distance from b to a in the 16-bit circle: positive when a is newer.
constexpr std::int16_t sequence_distance(std::uint16_t a, std::uint16_t b) {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(a - b));
}

constexpr bool is_newer_sequence(std::uint16_t a, std::uint16_t b) {
  return sequence_distance(a, b) > 0;
}

enum class SequenceVerdict : std::uint8_t {
  kFirst,   // of the stream
  kNewest,  // ahead of all before, perhaps with a gap
  kLate,    // behind the newest: reordered, retransmitted or a duplicate
  kReset,   // the sender jumped and went on from there: state kept per sequence number is void
  kBad,     // too far off; not counted
};

struct SequenceUpdate {
  SequenceVerdict verdict = SequenceVerdict::kBad;
  ExtendedSequence extended = 0;  // void for kBad
  std::int64_t gap = 0;           // for kNewest: how many numbers were left out
};

class SequenceTracker {
 public:
  SequenceUpdate update(std::uint16_t sequence);

  // The number nearest to the newest one, without learning from it (for a NACK or RTX).
  ExtendedSequence extend(std::uint16_t sequence) const;

  // What comes next does not continue what came before, wherever it is: kReset.
  void expect_restart() { restarting_ = started_; }

  bool started() const { return started_; }

  ExtendedSequence first() const { return first_; }

  ExtendedSequence newest() const { return newest_; }

 private:
  SequenceUpdate restart(std::uint16_t sequence);

  bool started_ = false;
  bool restarting_ = false;
  ExtendedSequence first_ = 0;
  ExtendedSequence newest_ = 0;
  std::optional<std::uint16_t> bad_;  // what must come next after a jump for us to believe it
};

}  // namespace parlance::rtp
