// A browser's side of one transport: ICE checks, DTLS, SRTP, sources and sinks, RTCP.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_writer.h"
#include "base/time.h"
#include "rtp/packet/extension_map.h"
#include "rtp/rtcp/compound.h"
#include "rtp/rtcp/sender_report.h"
#include "rtp/stream/arrival_log.h"
#include "sfu/api/media_engine.h"
#include "sfu/ice/address.h"
#include "tests/sim/world/video_sink.h"
#include "tests/sim/world/video_source.h"
#include "tests/support/sfu/fake_crypto.h"

namespace parlance::test {

class SimPeer {
 public:
  SimPeer(std::uint8_t number, std::uint64_t seed);

  // Signaling has brought the server's description: checks and handshake begin.
  void start(Timestamp now, const sfu::TransportDescription& server);

  // New credentials, a new local address.
  void restart_ice(Timestamp now, const sfu::IceParameters& fresh, sfu::Path path);

  // Checks come from the new address too, and nominate it.
  void move_to(Timestamp now, sfu::Path path);

  sfu::DtlsParameters dtls_parameters() const;

  void on_datagram(Timestamp now, std::span<const std::uint8_t> datagram);
  Timestamp next_timeout() const;
  void on_timeout(Timestamp now);

  struct Outgoing {
    sfu::Path from;
    std::vector<std::uint8_t> bytes;
  };

  std::vector<Outgoing> take_outgoing() { return std::exchange(outgoing_, {}); }

  VideoSource& add_video(VideoSource::Setup setup);
  void add_audio(rtp::Ssrc ssrc, std::uint8_t below_overload_db);

  void set_audio_level(std::uint8_t below_overload_db) { audio_level_ = below_overload_db; }

  VideoSink& expect_video(rtp::Ssrc ssrc);
  void close_dtls(Timestamp now);

  void stop_checks() { next_check_ = kNever; }

  void check_now(Timestamp now) { next_check_ = now; }

  bool connected() const { return dtls_->state() == sfu::DtlsState::kConnected; }

  sfu::DtlsState dtls_state() const { return dtls_->state(); }

  const sfu::Path& path() const { return path_; }

  // Sends again, byte for byte, the last SRTP packet.
  void replay_last_rtp();

  void send_raw(std::vector<std::uint8_t> bytes) { outgoing_.push_back({path_, std::move(bytes)}); }

  void send_sample(RtpSample sample);
  void send_rtcp(std::span<const std::uint8_t> compound);

  struct Seen {
    std::uint32_t audio_packets = 0;
    std::uint32_t audio_out_of_order = 0;
    std::uint32_t transport_feedbacks = 0;
    std::uint32_t transport_arrivals = 0;  // packets reported as arrived
    std::uint32_t nacked = 0;              // sequence numbers asked from us
    std::uint32_t receiver_reports = 0;
    std::uint32_t transport_sequence_gaps = 0;
    std::map<rtp::Ssrc, rtp::rtcp::SenderReport> sender_reports;
    std::map<rtp::Ssrc, rtp::rtcp::ReportBlock> report_blocks;
    std::uint32_t unknown_ssrc = 0;
  };

  const Seen& seen() const { return seen_; }

  rtp::NtpTime ntp(Timestamp now) const;

 private:
  class Output;

  void send_check(Timestamp now);
  void on_rtp(Timestamp now, std::vector<std::uint8_t> packet);
  void on_rtcp(Timestamp now, std::vector<std::uint8_t> compound);
  void on_rtcp_packet(Timestamp now, const rtp::rtcp::Packet& packet);
  void on_extended_report(Timestamp now, const rtp::rtcp::Packet& packet);
  void take_keys();
  void send_reports(Timestamp now);
  void send_audio(Timestamp now);
  void ask(Timestamp now, VideoSink& sink);
  void ask_key_frame(rtp::Ssrc media);
  VideoSource* source_of(rtp::Ssrc ssrc);

  std::uint8_t number_;
  FakeCrypto crypto_;
  sfu::Path path_;
  sfu::IceParameters server_ice_;
  std::string own_ufrag_;
  std::unique_ptr<FakeDtls> dtls_;
  bool started_dtls_ = false;
  sfu::Fingerprint server_fingerprint_;
  std::unique_ptr<sfu::SrtpOutbound> srtp_out_;
  std::unique_ptr<sfu::SrtpInbound> srtp_in_;
  std::vector<Outgoing> outgoing_;
  std::vector<std::uint8_t> last_rtp_;
  Timestamp next_check_ = kNever;
  Timestamp next_report_ = kNever;
  Timestamp next_audio_ = kNever;
  std::optional<rtp::Ssrc> audio_ssrc_;
  std::uint8_t audio_level_ = 30;
  std::uint16_t audio_sequence_ = 500;
  std::uint16_t transport_sequence_ = 1;
  std::optional<std::uint16_t> last_transport_sequence_in_;
  std::map<rtp::Ssrc, std::uint16_t> last_audio_in_;
  rtp::ExtensionMap extensions_;
  rtp::ArrivalLog arrivals_;
  std::vector<std::unique_ptr<VideoSource>> sources_;
  std::map<rtp::Ssrc, std::unique_ptr<VideoSink>> sinks_;
  Seen seen_;
};

}  // namespace parlance::test
