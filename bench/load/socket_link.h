// A light client's path: one socket, and the checks that an ICE-lite server needs.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "bench/load/clock.h"
#include "bench/load/ice_checks.h"
#include "bench/load/link.h"
#include "bench/load/terms.h"
#include "bench/load/udp_socket.h"

namespace parlance::load {

class SocketLink final : public Link {
 public:
  SocketLink(const RemoteTerms& remote, IceCredentials local, const DtlsContext& dtls);

  const UdpSocket& socket() const { return socket_; }

  bool send(std::span<const std::uint8_t> datagram) override { return socket_.send(datagram); }

  std::uint64_t dropped() const override { return socket_.dropped(); }

  // Begins, repeats what was not answered, keeps consent fresh. To be called about every 100 ms.
  void on_timer(Nanoseconds now);

  // What is neither RTP nor RTCP.
  void on_datagram(std::span<const std::uint8_t> datagram);

 private:
  UdpSocket socket_;
  IceChecks ice_;
  std::string server_fingerprint_;
  Nanoseconds next_check_ = 0;
};

}  // namespace parlance::load
