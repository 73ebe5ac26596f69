// Where datagrams come from and go to, as plain values that the pure cores can compare and hash.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace parlance::sfu {

// An IPv4 or IPv6 address with a port. The default value is the unspecified IPv4 address with port
// 0.
class SocketAddress {
 public:
  static constexpr std::size_t kV4Size = 4;
  static constexpr std::size_t kV6Size = 16;

  constexpr SocketAddress() = default;

  static constexpr SocketAddress v4(const std::array<std::uint8_t, kV4Size>& ip,
                                    std::uint16_t port) {
    SocketAddress address;
    std::ranges::copy(ip, address.ip_.begin());
    address.port_ = port;
    return address;
  }

  static constexpr SocketAddress v6(const std::array<std::uint8_t, kV6Size>& ip,
                                    std::uint16_t port) {
    SocketAddress address;
    address.ip_ = ip;
    address.is_v6_ = true;
    address.port_ = port;
    return address;
  }

  // A literal of either family, without brackets, port or zone; host names are refused.
  static std::optional<SocketAddress> parse(std::string_view ip, std::uint16_t port);

  constexpr bool is_v6() const { return is_v6_; }

  constexpr std::uint16_t port() const { return port_; }

  constexpr void set_port(std::uint16_t port) { port_ = port; }

  // 4 or 16 bytes in network order.
  constexpr std::span<const std::uint8_t> ip() const {
    return std::span(ip_).first(is_v6_ ? kV6Size : kV4Size);
  }

  // 0.0.0.0 or ::, which a wildcard socket is bound to.
  constexpr bool is_any() const {
    return std::ranges::all_of(ip(), [](std::uint8_t byte) { return byte == 0; });
  }

  // "192.0.2.1" or "2001:db8::1".
  std::string ip_str() const;

  // "192.0.2.1:5000" or "[2001:db8::1]:5000".
  std::string str() const;

  constexpr auto operator<=>(const SocketAddress&) const = default;

 private:
  std::array<std::uint8_t, kV6Size> ip_{};  // IPv4 in the first four bytes, the others zero
  std::uint16_t port_ = 0;
  bool is_v6_ = false;
};

// One of a shard's sockets, or one address of a wildcard socket (later also: one of its TCP
// connections), numbered by the shell.
using SocketId = std::uint32_t;

// One way between a shard and a client: a local socket and the address at the other end. ICE calls
// it a candidate pair; packets are matched to transports by it.
struct Path {
  SocketId socket = 0;
  SocketAddress remote;

  constexpr auto operator<=>(const Path&) const = default;
};

}  // namespace parlance::sfu

template <>
struct std::hash<parlance::sfu::SocketAddress> {
  std::size_t operator()(const parlance::sfu::SocketAddress& address) const noexcept {
    // FNV-1a over port and address bytes.
    constexpr std::uint64_t kPrime = 0x100000001B3ULL;
    std::uint64_t value = (0xCBF29CE484222325ULL ^ address.port()) * kPrime;
    for (const std::uint8_t byte : address.ip()) {
      value = (value ^ byte) * kPrime;
    }
    return static_cast<std::size_t>(value);
  }
};

template <>
struct std::hash<parlance::sfu::Path> {
  std::size_t operator()(const parlance::sfu::Path& path) const noexcept {
    return std::hash<parlance::sfu::SocketAddress>{}(path.remote) * 31U + path.socket;
  }
};
