// The packets of one producer stream that consumers may ask for again.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/time.h"
#include "rtp/stream/sequence.h"

namespace parlance::rtp {

inline constexpr std::size_t kRetransmissionMaxItems = 2500;
inline constexpr Duration kRetransmissionMaxAgeVideo = std::chrono::milliseconds(2000);
inline constexpr Duration kRetransmissionMaxAgeAudio = std::chrono::milliseconds(1000);

// Handle is a default-constructible, movable reference to an immutable packet; an empty one
// (Handle{}) holds nothing. One ring serves all consumers of the stream: they keep number mappings,
// not packets. Grows by doubling from kFirstCapacity, so that an audio stream stays small.
template <typename Handle>
class RetransmissionRing {
 public:
  explicit RetransmissionRing(Duration max_age, std::size_t max_items = kRetransmissionMaxItems)
      : max_age_(max_age), max_items_(max_items), slots_(kFirstCapacity) {
    CHECK(max_items >= 1);
  }

  // A packet older than the window is not stored; one that is there already stays.
  void insert(Timestamp now, ExtendedSequence sequence, Handle packet) {
    expire(now);
    const auto most = static_cast<ExtendedSequence>(max_items_);
    if (!empty() && newest_ - sequence >= most) {
      return;
    }
    drop_before(sequence - most + 1);
    const bool first = empty();
    const ExtendedSequence oldest = first ? sequence : std::min(oldest_, sequence);
    const ExtendedSequence newest = first ? sequence : std::max(newest_, sequence);
    reserve(static_cast<std::size_t>(newest - oldest) + 1);
    oldest_ = oldest;
    newest_ = newest;
    Slot& slot = at(sequence);
    if (slot.used && now - slot.stored_at <= max_age_) {
      return;
    }
    size_ += slot.used ? 0U : 1U;
    slot = Slot{std::move(packet), now, true};
  }

  // Lent until the next call that is not const; nullptr where it is not (or no longer) kept.
  const Handle* find(Timestamp now, ExtendedSequence sequence) const {
    if (empty() || sequence < oldest_ || sequence > newest_) {
      return nullptr;
    }
    const Slot& slot = slots_[index(sequence)];
    return slot.used && now - slot.stored_at <= max_age_ ? &slot.packet : nullptr;
  }

  // Gives back what is too old; insert() does it too, so this is for streams gone quiet.
  void expire(Timestamp now) {
    while (!empty()) {
      Slot& slot = at(oldest_);
      if (slot.used) {
        if (now - slot.stored_at <= max_age_) {
          return;
        }
        release(slot);
      }
      ++oldest_;
    }
  }

  // When expire() has something to do; kNever for an empty ring.
  Timestamp next_timeout() const {
    return empty() ? kNever : slots_[index(oldest_)].stored_at + max_age_ + Duration(1);
  }

  void clear() { drop_before(newest_ + 1); }

  std::size_t size() const { return size_; }

  bool empty() const { return size_ == 0; }

 private:
  struct Slot {
    Handle packet{};
    Timestamp stored_at{};
    bool used = false;
  };

  static constexpr std::size_t kFirstCapacity = 64;

  std::size_t index(ExtendedSequence sequence) const {
    return static_cast<std::uint64_t>(sequence) & (slots_.size() - 1);
  }

  Slot& at(ExtendedSequence sequence) { return slots_[index(sequence)]; }

  void release(Slot& slot) {
    slot = Slot{};
    --size_;
  }

  // Keeps oldest_ on a used slot, as next_timeout() wants.
  void drop_before(ExtendedSequence sequence) {
    while (!empty() && oldest_ <= newest_) {
      Slot& slot = at(oldest_);
      if (slot.used) {
        if (oldest_ >= sequence) {
          return;
        }
        release(slot);
      }
      ++oldest_;
    }
  }

  // Before the bounds change: what is kept lies between the old ones.
  void reserve(std::size_t span) {
    if (span <= slots_.size()) {
      return;
    }
    std::vector<Slot> bigger(std::bit_ceil(span));
    for (ExtendedSequence i = oldest_; !empty() && i <= newest_; ++i) {
      bigger[static_cast<std::uint64_t>(i) & (bigger.size() - 1)] = std::move(at(i));
    }
    slots_ = std::move(bigger);
  }

  Duration max_age_;
  std::size_t max_items_;
  std::vector<Slot> slots_;
  std::size_t size_ = 0;
  ExtendedSequence oldest_ = 0;
  ExtendedSequence newest_ = 0;
};

}  // namespace parlance::rtp
