// DTLS for one transport: handshake, SRTP keys, close. An interface, so that the pure cores can
// have a fake.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.h"
#include "sfu/secure/certificate.h"
#include "sfu/secure/srtp_session.h"

namespace parlance::sfu {

// Who speaks first. (DtlsRole of sfu/api with kAuto resolved: a remote client or "auto" makes us
// server.)
enum class DtlsSide : std::uint8_t { kServer, kClient };

enum class DtlsState : std::uint8_t {
  kIdle,  // start() was not called
  kHandshaking,
  kConnected,  // fingerprint matched, srtp_keys() are there
  kClosed,     // close_notify came, or close() was called
  kFailed,     // error() says why
};

enum class DtlsError : std::uint8_t {
  kHandshake,         // alert, or a message that makes no sense
  kWrongFingerprint,  // the peer's certificate is not the one that signaling told
  kNoSrtpProfile,     // no common profile in use_srtp
  kTimeout,           // the peer fell silent in the handshake
};

// Lent to a call: takes what is to be sent over the selected pair, one datagram a call.
class DtlsOutput {
 public:
  virtual ~DtlsOutput() = default;
  virtual void send_dtls(std::span<const std::uint8_t> datagram) = 0;
};

class DtlsSession {
 public:
  // Datagrams that come before start() are kept and handled by it: a browser's ClientHello (two
  // datagrams with post-quantum key shares) usually outruns `transport.connect`. More are dropped.
  static constexpr std::size_t kMaxEarlyDatagrams = 4;

  // What one datagram may hold, UDP payload. Small enough for tunnels and TURN.
  static constexpr std::size_t kMtu = 1200;

  virtual ~DtlsSession() = default;

  // Once. A client sends its first flight here.
  virtual void start(Timestamp now, DtlsSide side, const Fingerprint& remote, DtlsOutput& out) = 0;

  // Any bytes may come in: garbage is ignored, as DTLS wants it. Look at state() afterwards.
  virtual void on_datagram(Timestamp now,
                           std::span<const std::uint8_t> datagram,
                           DtlsOutput& out) = 0;

  // When a flight is to be repeated.
  virtual Timestamp next_timeout() const = 0;
  virtual void on_timeout(Timestamp now, DtlsOutput& out) = 0;

  // Says close_notify if there is anybody to say it to.
  virtual void close(DtlsOutput& out) = 0;

  virtual DtlsState state() const = 0;
  virtual std::optional<DtlsError> error() const = 0;

  // Once kConnected was reached.
  virtual const SrtpKeys& srtp_keys() const = 0;
};

}  // namespace parlance::sfu
