// The certificate that DTLS shows to browsers: self-signed, made at start, known by its
// fingerprint.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace parlance::sfu {

// SHA-256 over a DER certificate; browsers tell theirs over signaling (RFC 8122).
class Fingerprint {
 public:
  static constexpr std::size_t kSize = 32;

  constexpr Fingerprint() = default;

  constexpr explicit Fingerprint(const std::array<std::uint8_t, kSize>& digest) : digest_(digest) {}

  // "AB:CD:...", either case, 32 bytes.
  static std::optional<Fingerprint> parse(std::string_view text);

  // Upper case, with colons.
  std::string str() const;

  constexpr const std::array<std::uint8_t, kSize>& digest() const { return digest_; }

  constexpr bool operator==(const Fingerprint&) const = default;

 private:
  std::array<std::uint8_t, kSize> digest_{};
};

}  // namespace parlance::sfu
