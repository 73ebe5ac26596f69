#include "sfu/forward/stream_score.h"

#include <algorithm>
#include <cmath>

namespace parlance::sfu {

void StreamScore::on_fraction_lost(std::uint8_t fraction_lost) {
  constexpr double kBest = 10.0;
  const double delivered = 1.0 - static_cast<double>(fraction_lost) / 256.0;
  const double sample = std::round(kBest * std::pow(delivered, 4));
  samples_[added_ % kSamples] = static_cast<std::uint8_t>(sample);
  ++added_;
}

std::int64_t StreamScore::value() const {
  if (added_ == 0) {
    return 10;
  }
  const std::size_t known = std::min(added_, kSamples);
  std::size_t weighted = 0;
  std::size_t weights = 0;
  for (std::size_t age = 0; age < known; ++age) {
    const std::size_t weight = known - age;
    weighted += weight * samples_[(added_ - 1 - age) % kSamples];
    weights += weight;
  }
  return static_cast<std::int64_t>((weighted + weights / 2) / weights);
}

}  // namespace parlance::sfu
