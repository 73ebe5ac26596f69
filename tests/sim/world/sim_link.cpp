#include "tests/sim/world/sim_link.h"

namespace parlance::test {

bool SimLink::happens(double probability) {
  constexpr std::uint64_t kScale = 1'000'000;
  return static_cast<double>(generator_() % kScale) < probability * static_cast<double>(kScale);
}

std::vector<Timestamp> SimLink::arrivals(Timestamp now) {
  // Each draw is made every time, so that one condition doesn't shift the others' luck.
  const bool lost = happens(conditions.loss);
  const bool twice = happens(conditions.duplicate);
  const bool late = happens(conditions.reorder);
  if (lost) {
    return {};
  }
  const Timestamp at = now + conditions.delay + (late ? kReorderDelay : Duration(0));
  std::vector<Timestamp> all{at};
  if (twice) {
    all.push_back(at + std::chrono::milliseconds(1));
  }
  return all;
}

}  // namespace parlance::test
