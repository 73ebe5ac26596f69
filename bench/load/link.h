// A client's connection to the server's media port: ICE, then DTLS, then SRTP.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "bench/load/certificate.h"
#include "bench/load/clock.h"
#include "bench/load/dtls_client.h"
#include "bench/load/ice_checks.h"
#include "bench/load/srtp.h"
#include "bench/load/terms.h"
#include "bench/load/udp_socket.h"

namespace parlance::load {

class Link {
 public:
  enum class State : std::uint8_t { kChecking, kHandshaking, kConnected, kFailed };

  Link(const RemoteTerms& remote, IceCredentials local, const DtlsContext& dtls);

  State state() const { return state_; }

  const UdpSocket& socket() const { return socket_; }

  // Of a connected one.
  Srtp& srtp() { return *srtp_; }

  // Begins, repeats what was not answered, keeps consent fresh. To be called about every 100 ms.
  void on_timer(Nanoseconds now);

  // What is neither RTP nor RTCP.
  void on_datagram(std::span<const std::uint8_t> datagram);

 private:
  void check(Nanoseconds now);
  void send(const std::vector<std::uint8_t>& datagram);
  void on_handshake();

  UdpSocket socket_;
  IceChecks ice_;
  DtlsClient dtls_;
  std::optional<Srtp> srtp_;
  State state_ = State::kChecking;
  Nanoseconds next_check_ = 0;
};

}  // namespace parlance::load
