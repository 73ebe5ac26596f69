// A native WebRTC client for one transport: ICE by libnice's agent, DTLS and SRTP by our own
// classes.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sfu/api/media_engine.h"
#include "sfu/secure/crypto.h"
#include "tests/support/media_client/ice_client.h"

namespace parlance::test {

// Lives on one thread; everything happens in run_once(). Use: tell the server dtls_parameters(),
// call connect() with its description, run until connected().
class MediaClient {
 public:
  explicit MediaClient(const std::string& local_ip = "127.0.0.1");
  ~MediaClient();
  MediaClient(const MediaClient&) = delete;
  MediaClient& operator=(const MediaClient&) = delete;

  // As a browser's: role client and our fingerprint.
  sfu::DtlsParameters dtls_parameters() const;

  void connect(const sfu::TransportDescription& server);

  // The network changed: another local address, the old one gone, with the credentials of an ICE
  // restart. DTLS and SRTP go on.
  void move_to(const std::string& local_ip, const sfu::IceParameters& restarted);

  // ICE has a pair and DTLS is done.
  bool connected() const;

  // The server said close_notify, or DTLS failed.
  bool closed() const;

  // Plain packets; protected here. False where nothing could be sent.
  bool send_rtp(std::span<const std::uint8_t> packet);
  bool send_rtcp(std::span<const std::uint8_t> packet);

  // As it is: for garbage.
  bool send_raw(std::span<const std::uint8_t> datagram);

  void close();

  void run_once();

  IceClient& ice() { return *ice_; }

  sfu::SrtpProfile profile() const { return dtls_->srtp_keys().profile; }

  // What arrived, decrypted, oldest first. For the test to take.
  std::deque<std::vector<std::uint8_t>> rtp;
  std::deque<std::vector<std::uint8_t>> rtcp;
  std::uint64_t undecryptable = 0;

 private:
  class Output;

  void on_datagram(std::span<const std::uint8_t> datagram);
  void on_media(std::span<const std::uint8_t> datagram, bool is_rtcp);
  void check_connected();

  std::unique_ptr<sfu::Crypto> crypto_ = sfu::make_crypto();
  std::unique_ptr<sfu::DtlsSession> dtls_;
  std::unique_ptr<sfu::SrtpOutbound> outbound_;
  std::unique_ptr<sfu::SrtpInbound> inbound_;
  std::unique_ptr<IceClient> ice_;
  sfu::TransportDescription server_;
  bool dtls_started_ = false;
};

}  // namespace parlance::test
