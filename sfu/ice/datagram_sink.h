// Where the cores put datagrams that are to be sent.
#pragma once

#include <cstdint>
#include <span>

#include "sfu/ice/address.h"

namespace parlance::sfu {

// Lent to a call and used only during it. The bytes are copied; what doesn't fit is dropped and
// counted by the sink.
class DatagramSink {
 public:
  virtual ~DatagramSink() = default;
  virtual void send(const Path& to, std::span<const std::uint8_t> datagram) = 0;
};

}  // namespace parlance::sfu
