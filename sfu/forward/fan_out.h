// What was accepted and waits to be passed on to consumers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/time.h"

namespace parlance::sfu {

class Producer;

// Packets go out consumer by consumer, not packet by packet: a consumer's numbers, header and keys
// are fetched into the cache once for all of them, and its datagrams make one train.
class FanOut {
 public:
  FanOut() { entries_.reserve(kUsualProducers); }

  // One more packet of `producer` waits for that many consumers, no longer than until `by`.
  void add(Producer& producer, std::size_t consumers, Timestamp by) {
    copies_ += consumers;
    const auto found = std::ranges::find(entries_, &producer, &Entry::producer);
    if (found == entries_.end()) {
      entries_.push_back({.producer = &producer, .by = by, .copies = consumers});
      return;
    }
    found->by = std::min(found->by, by);
    found->copies += consumers;
  }

  // Nothing of it waits any more.
  void remove(const Producer& producer) {
    const auto found = std::ranges::find(entries_, &producer, &Entry::producer);
    if (found != entries_.end()) {
      copies_ -= found->copies;
      entries_.erase(found);
    }
  }

  // Of those whose time has come at `now`, the one that has waited longest; null where there is
  // none.
  Producer* due(Timestamp now) const {
    const auto found =
        std::ranges::find_if(entries_, [now](const Entry& entry) { return entry.by <= now; });
    return found == entries_.end() ? nullptr : found->producer;
  }

  // When the next one is due.
  Timestamp next() const {
    const auto first = std::ranges::min_element(entries_, {}, &Entry::by);
    return first == entries_.end() ? kNever : first->by;
  }

  // Datagrams that passing everything on may make.
  std::size_t copies() const { return copies_; }

 private:
  static constexpr std::size_t kUsualProducers = 64;

  struct Entry {
    Producer* producer = nullptr;
    Timestamp by{};
    std::size_t copies = 0;
  };

  std::vector<Entry> entries_;  // in the order of their first packets
  std::size_t copies_ = 0;
};

}  // namespace parlance::sfu
