// When which object of a thread has to be looked at again.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/time.h"

namespace parlance::signaling {

// Deadlines that move later, as those of a heartbeat do with every frame, cost nothing: the object
// is asked when the old one is due, and names the new one.
class Deadlines {
 public:
  // Looks at `object` at that time at the latest.
  void schedule(std::uint64_t object, Timestamp at) {
    const auto [found, is_new] = scheduled_.try_emplace(object, at);
    if (!is_new) {
      if (found->second <= at) {
        return;
      }
      order_.erase({found->second, object});
      found->second = at;
    }
    if (at == kNever) {
      scheduled_.erase(found);
      return;
    }
    order_.insert({at, object});
  }

  void forget(std::uint64_t object) {
    const auto found = scheduled_.find(object);
    if (found != scheduled_.end()) {
      order_.erase({found->second, object});
      scheduled_.erase(found);
    }
  }

  Timestamp next() const { return order_.empty() ? kNever : order_.begin()->first; }

  // One that is due, which is forgotten: schedule it again.
  std::optional<std::uint64_t> pop_due(Timestamp now) {
    if (next() > now) {
      return std::nullopt;
    }
    const std::uint64_t object = order_.begin()->second;
    forget(object);
    return object;
  }

 private:
  std::set<std::pair<Timestamp, std::uint64_t>> order_;
  std::unordered_map<std::uint64_t, Timestamp> scheduled_;
};

}  // namespace parlance::signaling
