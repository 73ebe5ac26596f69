// Helpers of the rtp tests: bytes from hex, packets field by field.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace parlance::rtp::test {

// "90 64 0001": two hex digits a byte, anything else is ignored.
inline std::vector<std::uint8_t> hex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::vector<std::uint8_t> bytes;
  unsigned pending = 0;
  bool half = false;
  for (const char c : text) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) {
      continue;
    }
    pending = pending << 4U | static_cast<unsigned>(digit);
    if (half) {
      bytes.push_back(static_cast<std::uint8_t>(pending & 0xFFU));
    }
    half = !half;
  }
  return bytes;
}

inline constexpr Timestamp kStart{std::chrono::seconds(1000)};

constexpr Duration ms(std::int64_t count) {
  return std::chrono::milliseconds(count);
}

}  // namespace parlance::rtp::test
