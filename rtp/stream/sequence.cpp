#include "rtp/stream/sequence.h"

namespace parlance::rtp {

namespace {

constexpr ExtendedSequence kCycle = 0x10000;

}  // namespace

// After RFC 3550 appendix A.1, without its probation of new sources: packets are authenticated
// here.
SequenceUpdate SequenceTracker::update(std::uint16_t sequence) {
  if (!started_) {
    started_ = true;
    first_ = newest_ = sequence;
    return {SequenceVerdict::kFirst, newest_, 0};
  }
  if (restarting_) {
    return restart(sequence);
  }
  const auto ahead = static_cast<std::uint16_t>(sequence - static_cast<std::uint16_t>(newest_));
  if (ahead == 0) {
    return {SequenceVerdict::kLate, newest_, 0};
  }
  if (ahead < kMaxDropout) {
    newest_ += ahead;
    return {SequenceVerdict::kNewest, newest_, ahead - 1};
  }
  const std::int64_t behind = kCycle - ahead;
  if (behind < kMaxMisorder) {
    return {SequenceVerdict::kLate, newest_ - behind, 0};
  }
  if (bad_ != sequence) {
    bad_ = static_cast<std::uint16_t>(sequence + 1);
    return {SequenceVerdict::kBad, 0, 0};
  }
  return restart(sequence);  // two in a row: the sender began anew
}

// Numbers go on in the next cycle, so that none is used twice.
SequenceUpdate SequenceTracker::restart(std::uint16_t sequence) {
  bad_.reset();
  restarting_ = false;
  first_ = newest_ = (newest_ / kCycle + 1) * kCycle + sequence;
  return {SequenceVerdict::kReset, newest_, 0};
}

ExtendedSequence SequenceTracker::extend(std::uint16_t sequence) const {
  return newest_ + sequence_distance(sequence, static_cast<std::uint16_t>(newest_));
}

}  // namespace parlance::rtp
