// A client's side of ICE on libnice's full agent: a real ICE stack that we did not write.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sfu/api/media_engine.h"

namespace parlance::test {

// Controlling, one component, UDP. Lives on one thread; nothing happens outside run_until() and
// run_once().
class IceClient {
 public:
  using Datagrams = std::function<void(std::span<const std::uint8_t>)>;

  // Binds to this address of the machine. Everything received that isn't STUN goes to
  // `on_datagram`.
  IceClient(const std::string& local_ip, Datagrams on_datagram);
  ~IceClient();
  IceClient(const IceClient&) = delete;
  IceClient& operator=(const IceClient&) = delete;

  // Starts the checks. With new parameters after restart().
  void connect(const sfu::IceParameters& remote, const std::vector<sfu::IceCandidate>& candidates);

  // New credentials of our own; connect() with the server's new ones has to follow.
  void restart();

  // A pair is nominated.
  bool ready() const;

  // At least one pair works.
  bool connected() const;

  bool failed() const;

  // Address and port of our end of the selected pair; empty before.
  std::string local_address() const;

  bool send(std::span<const std::uint8_t> datagram);

  // Handles what is there; waits for something if there is nothing, 1 ms at most.
  void run_once();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Runs `step` until `done` says true. False when that took longer than a generous deadline.
bool run_until(const std::function<bool()>& done, const std::function<void()>& step);

inline constexpr std::chrono::seconds kDeadline{60};

}  // namespace parlance::test
