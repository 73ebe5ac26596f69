#include "rtp/stream/nack_generator.h"

#include <algorithm>
#include <utility>

namespace parlance::rtp {

bool NackGenerator::on_packet(Timestamp now, ExtendedSequence sequence, bool starts_key_frame) {
  if (!started_) {
    started_ = true;
    newest_ = sequence;
    if (starts_key_frame) {
      key_frames_.push_back(sequence);
    }
    return false;
  }
  if (sequence <= newest_) {
    return forget(sequence);
  }
  const ExtendedSequence expected = newest_ + 1;
  newest_ = sequence;
  drop_before(sequence - kNackMaxAge);
  if (sequence > expected) {
    add_gap(now, expected, sequence);
  }
  if (starts_key_frame) {
    key_frames_.push_back(sequence);
    key_frame_needed_ = false;
  }
  return false;
}

void NackGenerator::on_timeout(Timestamp now, std::vector<std::uint16_t>& ask_for) {
  if (!timers_.pop_due(now)) {
    return;
  }
  const Duration again = std::max(rtt_, kNackInterval);
  Timestamp next = kNever;
  std::size_t asked = 0;
  std::size_t kept = 0;
  for (Missing& item : missing_) {
    if (item.ask_at <= now && item.asked == kNackMaxRetries) {
      ++abandoned_;
      continue;
    }
    if (item.ask_at <= now && asked < kNackMaxAsk) {
      ask_for.push_back(static_cast<std::uint16_t>(item.sequence & 0xFFFF));
      item.ask_at = now + again;
      ++item.asked;
      ++asked;
    }
    next = std::min(next, item.ask_at);
    missing_[kept++] = item;
  }
  missing_.resize(kept);
  timers_.arm(Slot::kAsk, next);
}

bool NackGenerator::take_key_frame_needed() {
  return std::exchange(key_frame_needed_, false);
}

void NackGenerator::reset() {
  missing_.clear();
  key_frames_.clear();
  timers_.disarm(Slot::kAsk);
  started_ = false;
  key_frame_needed_ = false;
}

bool NackGenerator::forget(ExtendedSequence sequence) {
  const auto found = std::ranges::lower_bound(missing_, sequence, {}, &Missing::sequence);
  if (found == missing_.end() || found->sequence != sequence) {
    return false;
  }
  missing_.erase(found);
  if (missing_.empty()) {
    timers_.disarm(Slot::kAsk);
  }
  return true;
}

// [from, to) was left out.
void NackGenerator::add_gap(Timestamp now, ExtendedSequence from, ExtendedSequence to) {
  const auto wanted = static_cast<std::size_t>(to - from);
  make_room(wanted);
  if (missing_.size() + wanted > kNackMaxList) {
    missing_.clear();
    timers_.disarm(Slot::kAsk);
    key_frame_needed_ = true;
    return;
  }
  const Timestamp ask_at = now + kNackDelay;
  for (ExtendedSequence sequence = from; sequence < to; ++sequence) {
    missing_.push_back({sequence, ask_at, 0});
  }
  timers_.arm(Slot::kAsk, std::min(timers_.next_timeout(), ask_at));
}

// What lies before a key frame is the cheapest to give up, oldest key frame first.
void NackGenerator::make_room(std::size_t wanted) {
  while (!key_frames_.empty() && missing_.size() + wanted > kNackMaxList) {
    const ExtendedSequence key_frame = key_frames_.front();
    key_frames_.erase(key_frames_.begin());
    const auto end = std::ranges::lower_bound(missing_, key_frame, {}, &Missing::sequence);
    abandoned_ += static_cast<std::uint64_t>(end - missing_.begin());
    missing_.erase(missing_.begin(), end);
  }
}

void NackGenerator::drop_before(ExtendedSequence sequence) {
  if (!missing_.empty() && missing_.front().sequence < sequence) {
    const auto end = std::ranges::lower_bound(missing_, sequence, {}, &Missing::sequence);
    abandoned_ += static_cast<std::uint64_t>(end - missing_.begin());
    missing_.erase(missing_.begin(), end);
  }
  if (!key_frames_.empty() && key_frames_.front() < sequence) {
    key_frames_.erase(key_frames_.begin(), std::ranges::lower_bound(key_frames_, sequence));
  }
}

}  // namespace parlance::rtp
