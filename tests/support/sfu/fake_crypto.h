// DTLS and SRTP without cryptography: the same states, errors and sizes, and the same bytes for the
// same seed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "sfu/secure/crypto.h"
#include "sfu/secure/replay_window.h"

namespace parlance::test {

// Handshake of two datagrams: the client's hello holds its fingerprint, the server's answer its
// own. A client repeats its hello every 100 ms. An alert closes.
class FakeDtls final : public sfu::DtlsSession {
 public:
  explicit FakeDtls(sfu::Fingerprint own) : own_(own) {}

  void start(Timestamp now,
             sfu::DtlsSide side,
             const sfu::Fingerprint& remote,
             sfu::DtlsOutput& out) override;
  void on_datagram(Timestamp now,
                   std::span<const std::uint8_t> datagram,
                   sfu::DtlsOutput& out) override;

  Timestamp next_timeout() const override { return repeat_at_; }

  void on_timeout(Timestamp now, sfu::DtlsOutput& out) override;
  void close(sfu::DtlsOutput& out) override;

  sfu::DtlsState state() const override { return state_; }

  std::optional<sfu::DtlsError> error() const override { return error_; }

  const sfu::SrtpKeys& srtp_keys() const override { return keys_; }

 private:
  void send(std::uint8_t message, sfu::DtlsOutput& out) const;
  void handle(std::span<const std::uint8_t> datagram, sfu::DtlsOutput& out);

  sfu::Fingerprint own_;
  sfu::Fingerprint remote_;
  sfu::DtlsSide side_ = sfu::DtlsSide::kServer;
  sfu::DtlsState state_ = sfu::DtlsState::kIdle;
  std::optional<sfu::DtlsError> error_;
  sfu::SrtpKeys keys_;
  Timestamp repeat_at_ = kNever;
  std::vector<std::vector<std::uint8_t>> early_;
};

// Appends a checksum under the key: what was changed, or made with another key, is refused.
class FakeSrtpOutbound final : public sfu::SrtpOutbound {
 public:
  // `strict`: as AES-GCM wants it, two different packets under one number of a stream end the test.
  explicit FakeSrtpOutbound(std::uint8_t key, bool strict = false) : key_(key), strict_(strict) {}

  std::expected<std::size_t, sfu::SrtpError> protect_rtp(std::span<std::uint8_t> buffer,
                                                         std::size_t size) override;
  std::expected<std::size_t, sfu::SrtpError> protect_rtcp(std::span<std::uint8_t> buffer,
                                                          std::size_t size) override;

  void forget(std::uint32_t) override {}

 private:
  // What a stream sent last, by number.
  struct Sent {
    struct Packet {
      std::int64_t index = -1;
      std::uint64_t hash = 0;
    };

    std::optional<std::int64_t> newest;
    std::vector<Packet> packets = std::vector<Packet>(4096);
  };

  void check_number(std::span<const std::uint8_t> packet);

  std::uint8_t key_;
  bool strict_;
  std::map<std::uint32_t, Sent> sent_;
  std::uint32_t rtcp_index_ = 0;
};

class FakeSrtpInbound final : public sfu::SrtpInbound {
 public:
  explicit FakeSrtpInbound(std::uint8_t key) : key_(key) {}

  std::expected<std::size_t, sfu::SrtpError> unprotect_rtp(std::span<std::uint8_t> packet) override;
  std::expected<std::size_t, sfu::SrtpError> unprotect_rtcp(
      std::span<std::uint8_t> packet) override;

  void forget(std::uint32_t ssrc) override;

 private:
  std::uint8_t key_;
  std::map<std::uint32_t, sfu::ReplayWindow<kReplayWindow>> rtp_;
  sfu::ReplayWindow<kReplayWindow> rtcp_;
};

class FakeCrypto final : public sfu::Crypto {
 public:
  explicit FakeCrypto(std::uint64_t seed, std::uint8_t identity = 1);

  const sfu::Fingerprint& fingerprint() const override { return fingerprint_; }

  std::unique_ptr<sfu::DtlsSession> make_dtls() override {
    return std::make_unique<FakeDtls>(fingerprint_);
  }

  std::unique_ptr<sfu::SrtpOutbound> make_srtp_outbound(const sfu::SrtpKeys& keys) override {
    return std::make_unique<FakeSrtpOutbound>(keys.outbound.at(0), strict_numbers);
  }

  std::unique_ptr<sfu::SrtpInbound> make_srtp_inbound(const sfu::SrtpKeys& keys) override {
    return std::make_unique<FakeSrtpInbound>(keys.inbound.at(0));
  }

  void random(std::span<std::uint8_t> out) override;

  // See FakeSrtpOutbound: for what the server sends.
  bool strict_numbers = false;

  // What a FakeDtls client of this identity sends first.
  std::vector<std::uint8_t> client_hello() const;

 private:
  sfu::Fingerprint fingerprint_;
  std::mt19937_64 generator_;
};

}  // namespace parlance::test
