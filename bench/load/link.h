// A client's connection to the server's media port: a path by ICE, then DTLS, then SRTP.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/load/certificate.h"
#include "bench/load/dtls_client.h"
#include "bench/load/rtcp.h"
#include "bench/load/srtp.h"

namespace parlance::load {

// What is the same on every path: how it is found, and what carries datagrams on it, is the
// derived class' affair.
class Link {
 public:
  enum class State : std::uint8_t { kChecking, kHandshaking, kConnected, kFailed };

  virtual ~Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  State state() const { return state_; }

  // Of a connected one.
  Srtp& srtp() { return *srtp_; }

  // False: the datagram is lost.
  virtual bool send(std::span<const std::uint8_t> datagram) = 0;

  // Datagrams that the kernel threw away because this client did not read in time, where that is
  // known.
  virtual std::uint64_t dropped() const { return 0; }

  // Both of a connected one: protects and sends; what a datagram says, nothing where it can't be
  // decrypted.
  void send_rtcp(std::span<const std::uint8_t> packet);
  std::optional<Feedback> receive_rtcp(std::span<std::uint8_t> datagram);

 protected:
  Link(const DtlsContext& dtls, SrtpKind srtp) : dtls_context_(dtls), srtp_kind_(srtp) {}

  // The path stands.
  void start_dtls(const std::string& server_fingerprint);

  // Repeats what was not answered.
  void repeat_dtls();

  // True where it was one of DTLS.
  bool on_dtls(std::span<const std::uint8_t> datagram);

  // No path was found.
  void fail() { state_ = State::kFailed; }

 private:
  void on_handshake(const std::vector<std::uint8_t>& output);

  const DtlsContext& dtls_context_;
  SrtpKind srtp_kind_;
  std::unique_ptr<DtlsClient> dtls_;  // once the path stands
  std::unique_ptr<Srtp> srtp_;        // once it is connected
  State state_ = State::kChecking;
};

}  // namespace parlance::load
