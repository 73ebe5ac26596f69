#include "signaling/server/secure_random.h"

#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <sys/random.h>

namespace parlance::signaling {

void fill_random(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno != EINTR) {
      std::abort();
    }
    if (got > 0) {
      out = out.subspan(static_cast<std::size_t>(got));
    }
  }
}

std::string base64url(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = bits << 8U | byte;
    count += 8;
    while (count >= 6) {
      count -= 6;
      text += kAlphabet[bits >> static_cast<unsigned>(count) & 0x3FU];
    }
  }
  if (count > 0) {
    text += kAlphabet[bits << static_cast<unsigned>(6 - count) & 0x3FU];
  }
  return text;
}

std::string random_token(std::size_t bytes) {
  std::vector<std::uint8_t> random(bytes);
  fill_random(random);
  return base64url(random);
}

}  // namespace parlance::signaling
