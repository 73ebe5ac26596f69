// Randomness as every core sees it: lent by the caller, never fetched.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace parlance {

// The shells implement it on the system's secure generator, tests on a seeded one.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  std::uint32_t u32() {
    std::array<std::uint8_t, 4> bytes{};
    fill(bytes);
    return static_cast<std::uint32_t>(bytes[0]) << 24U |
           static_cast<std::uint32_t>(bytes[1]) << 16U |
           static_cast<std::uint32_t>(bytes[2]) << 8U | bytes[3];
  }
};

}  // namespace parlance
