#include "sfu/secure/certificate.h"

namespace parlance::sfu {

namespace {

constexpr std::size_t kTextSize = Fingerprint::kSize * 3 - 1;

int hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return -1;
}

}  // namespace

std::optional<Fingerprint> Fingerprint::parse(std::string_view text) {
  if (text.size() != kTextSize) {
    return std::nullopt;
  }
  std::array<std::uint8_t, kSize> digest{};
  for (std::size_t i = 0; i < kSize; ++i) {
    const int high = hex_value(text[i * 3]);
    const int low = hex_value(text[i * 3 + 1]);
    if (high < 0 || low < 0 || (i + 1 < kSize && text[i * 3 + 2] != ':')) {
      return std::nullopt;
    }
    digest[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return Fingerprint(digest);
}

std::string Fingerprint::str() const {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  text.reserve(kTextSize);
  for (const std::uint8_t byte : digest_) {
    if (!text.empty()) {
      text.push_back(':');
    }
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 0x0FU]);
  }
  return text;
}

}  // namespace parlance::sfu
