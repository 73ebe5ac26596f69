// A client's half as a thread of the generator drives it: one socket, and what to do when.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "bench/load/clock.h"
#include "bench/load/socket_link.h"

namespace parlance::load {

// Lives on the thread of its loop.
class Endpoint {
 public:
  static constexpr Nanoseconds kNothingDue = std::numeric_limits<Nanoseconds>::max();

  virtual ~Endpoint() = default;

  virtual SocketLink& link() = 0;

  // RTP and RTCP, still protected; the bytes may be changed.
  virtual void on_media(std::span<std::uint8_t> datagram, Nanoseconds at) = 0;

  // False: its socket is left alone from now on, for good.
  virtual bool reads() const { return true; }

  // About every 100 ms.
  virtual void on_timer(Nanoseconds now) = 0;

  virtual Nanoseconds next_due() const { return kNothingDue; }

  // Sends what is due by now.
  virtual void send_due(Nanoseconds) {}
};

}  // namespace parlance::load
