// Connectivity checks as a client sends them, and what came back: written independently of libnice.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sfu/ice/address.h"

namespace parlance::test {

// The parts of a check; each can be left out or made wrong.
struct Check {
  std::string username;  // "server:client"
  std::string password;
  std::uint16_t type = 0x0001;
  std::array<std::uint8_t, 12> transaction = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  std::optional<std::uint32_t> priority = 1;
  bool use_candidate = false;
  bool controlled = false;
  std::optional<std::uint32_t> nomination;
  std::uint16_t nomination_type = 0xC001;
  std::optional<std::uint16_t> extra_attribute;  // an empty one of this type
  bool integrity = true;
  bool fingerprint = true;

  std::vector<std::uint8_t> bytes() const;
};

// A response taken apart.
struct Answer {
  std::uint16_t type = 0;
  std::optional<int> error_code;
  std::optional<sfu::SocketAddress> mapped;  // XOR-MAPPED-ADDRESS
  bool has_integrity = false;
  bool integrity_ok = false;
  bool fingerprint_ok = false;
};

Answer parse_answer(std::span<const std::uint8_t> bytes, const std::string& password);

// A binding request with this username, any bytes for further attributes, then the right integrity
// and fingerprint: gets a fuzzer's input past the authentication.
std::vector<std::uint8_t> sign(std::span<const std::uint8_t> attributes,
                               const std::string& username,
                               const std::string& password);

}  // namespace parlance::test
