// Connectivity checks of a controlling client towards an ICE-lite server (RFC 8445), on libnice's
// STUN library.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace parlance::load {

struct IceCredentials {
  std::string username_fragment;
  std::string password;
};

// Random ones of the length that browsers take.
IceCredentials new_ice_credentials();

class IceChecks {
 public:
  IceChecks(IceCredentials local, IceCredentials remote);
  ~IceChecks();
  IceChecks(const IceChecks&) = delete;
  IceChecks& operator=(const IceChecks&) = delete;

  // A binding request that nominates the pair; it serves as the consent check, too (RFC 7675).
  std::vector<std::uint8_t> request();

  // True for a successful answer to one of our requests. What the server asks itself is answered
  // into `answer`.
  bool on_datagram(std::span<const std::uint8_t> datagram, std::vector<std::uint8_t>& answer);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parlance::load
