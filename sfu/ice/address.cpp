#include "sfu/ice/address.h"

#include <arpa/inet.h>

namespace parlance::sfu {

std::optional<SocketAddress> SocketAddress::parse(std::string_view ip, std::uint16_t port) {
  const std::string text(ip);  // inet_pton wants a terminated one, and stops at a zero inside
  if (text.contains('\0')) {
    return std::nullopt;
  }
  std::array<std::uint8_t, kV4Size> v4_ip{};
  if (inet_pton(AF_INET, text.c_str(), v4_ip.data()) == 1) {
    return v4(v4_ip, port);
  }
  std::array<std::uint8_t, kV6Size> v6_ip{};
  if (inet_pton(AF_INET6, text.c_str(), v6_ip.data()) == 1) {
    return v6(v6_ip, port);
  }
  return std::nullopt;
}

std::string SocketAddress::ip_str() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(is_v6_ ? AF_INET6 : AF_INET, ip_.data(), text.data(), text.size());
  return text.data();
}

std::string SocketAddress::str() const {
  std::string text = is_v6_ ? "[" : "";
  text += ip_str();
  text += is_v6_ ? "]:" : ":";
  text += std::to_string(port_);
  return text;
}

}  // namespace parlance::sfu
