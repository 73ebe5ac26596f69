// Where a datagram came from or goes to, as the pure cores see it: a value, no socket.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace parlance {

// An IPv6 address and port; an IPv4 address is kept in its mapped form (RFC 4291, 2.5.5.2).
struct NetAddress {
  std::array<std::uint8_t, 16> ip{};
  std::uint16_t port = 0;

  static constexpr NetAddress v4(std::array<std::uint8_t, 4> ip, std::uint16_t port) {
    return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, ip[0], ip[1], ip[2], ip[3]}, port};
  }

  static constexpr NetAddress v6(std::array<std::uint8_t, 16> ip, std::uint16_t port) {
    return {ip, port};
  }

  constexpr bool is_v4() const {
    return std::all_of(ip.begin(), ip.begin() + 10, [](std::uint8_t b) { return b == 0; }) &&
           ip[10] == 0xFF && ip[11] == 0xFF;
  }

  constexpr auto operator<=>(const NetAddress&) const = default;
};

// One way between this host and a peer: which of the shard's own sockets (its shell numbers them),
// and the peer's address there.
struct NetPath {
  std::uint32_t link = 0;
  NetAddress remote;

  constexpr auto operator<=>(const NetPath&) const = default;
};

}  // namespace parlance

template <>
struct std::hash<parlance::NetPath> {
  std::size_t operator()(const parlance::NetPath& path) const noexcept {
    // FNV-1a over two words of the address, the port and the link; peers choose what is hashed, but
    // a table of them holds only those that passed an authenticated check.
    std::uint64_t value = 0xCBF29CE484222325ULL;
    const auto mix = [&value](std::uint64_t part) {
      value = (value ^ part) * 0x100000001B3ULL;
    };
    for (const std::uint8_t byte : path.remote.ip) {
      mix(byte);
    }
    mix(path.remote.port);
    mix(path.link);
    return static_cast<std::size_t>(value ^ value >> 29U);
  }
};
