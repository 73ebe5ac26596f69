// One direction between a peer and the shard: loses, delays, reorders and repeats by its seed.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "base/time.h"

namespace parlance::test {

struct LinkConditions {
  double loss = 0;       // share of datagrams
  double duplicate = 0;  // share that comes twice
  double reorder = 0;    // share that takes kReorderDelay longer
  Duration delay = std::chrono::milliseconds(10);
};

inline constexpr Duration kReorderDelay = std::chrono::milliseconds(15);

class SimLink {
 public:
  explicit SimLink(std::uint64_t seed) : generator_(seed) {}

  LinkConditions conditions;

  // When copies of a datagram that leaves now arrive: none, one or two.
  std::vector<Timestamp> arrivals(Timestamp now);

 private:
  bool happens(double probability);

  std::mt19937_64 generator_;
};

}  // namespace parlance::test
