// mediasoup's score of a stream, 0 to 10: how much of it arrives.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace parlance::sfu {

// A weighted mean of the last reports' samples, the newest counting most.
class StreamScore {
 public:
  // One report interval's loss, of 256.
  void on_fraction_lost(std::uint8_t fraction_lost);

  // 10 before the first report.
  std::int64_t value() const;

 private:
  static constexpr std::size_t kSamples = 24;  // mediasoup's

  std::array<std::uint8_t, kSamples> samples_{};  // a ring
  std::size_t added_ = 0;
};

}  // namespace parlance::sfu
