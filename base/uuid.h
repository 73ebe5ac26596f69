// UUIDs (RFC 9562), the id of everything that clients or servers create.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace parlance {

class Uuid {
 public:
  constexpr Uuid() = default;

  constexpr explicit Uuid(std::array<std::uint8_t, 16> bytes) : bytes_(bytes) {}

  // Version 7 from wall time and 10 random bytes of the caller's.
  static Uuid v7(UnixMillis unix_ms, std::span<const std::uint8_t, 10> random);

  // The canonical 36 characters, either case; nothing else.
  static std::optional<Uuid> parse(std::string_view text);

  // 36 lower-case characters.
  std::string str() const;

  constexpr const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

  constexpr bool is_nil() const { return *this == Uuid{}; }

  constexpr auto operator<=>(const Uuid&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

// A UUID that can't be taken for another kind of object's.
template <typename Tag>
class Id {
 public:
  constexpr Id() = default;

  constexpr explicit Id(Uuid uuid) : uuid_(uuid) {}

  static std::optional<Id> parse(std::string_view text) {
    const auto uuid = Uuid::parse(text);
    return uuid ? std::optional<Id>(Id(*uuid)) : std::nullopt;
  }

  constexpr const Uuid& uuid() const { return uuid_; }

  std::string str() const { return uuid_.str(); }

  constexpr bool is_nil() const { return uuid_.is_nil(); }

  constexpr auto operator<=>(const Id&) const = default;

 private:
  Uuid uuid_;
};

}  // namespace parlance

template <>
struct std::hash<parlance::Uuid> {
  std::size_t operator()(const parlance::Uuid& id) const noexcept {
    // FNV-1a: ids of version 7 share their first bytes, so every byte has to count.
    std::uint64_t value = 0xCBF29CE484222325ULL;
    for (const std::uint8_t byte : id.bytes()) {
      value = (value ^ byte) * 0x100000001B3ULL;
    }
    return static_cast<std::size_t>(value);
  }
};

template <typename Tag>
// NOLINTNEXTLINE(cert-dcl58-cpp): Id is ours, which the check doesn't see behind its Tag
struct std::hash<parlance::Id<Tag>> {
  std::size_t operator()(const parlance::Id<Tag>& id) const noexcept {
    return std::hash<parlance::Uuid>{}(id.uuid());
  }
};
