// Sends clips as a browser sends a camera and a microphone, and answers with key frames and with
// packets that were lost.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "bench/load/clip.h"
#include "bench/load/endpoint.h"
#include "bench/load/histogram.h"
#include "bench/load/measured.h"
#include "bench/load/send_log.h"
#include "bench/load/terms.h"

namespace parlance::load {

// A track with what it sends. Clip and log are lent.
struct PublishedTrack {
  Track track;
  const Clip* clip = nullptr;
  SendLog* log = nullptr;
};

class Publisher final : public Endpoint {
 public:
  // `phase` shifts its frames against those of other publishers.
  Publisher(const RemoteTerms& remote,
            IceCredentials local,
            const DtlsContext& dtls,
            const std::vector<PublishedTrack>& tracks,
            Nanoseconds phase);

  SocketLink& link() override { return link_; }

  void on_media(std::span<std::uint8_t> datagram, Nanoseconds at) override;
  void on_timer(Nanoseconds now) override;
  Nanoseconds next_due() const override;
  void send_due(Nanoseconds now) override;

  // Video goes on so many times as fast: more pictures a second, each as large as before.
  void surge(unsigned times) { surge_ = times; }

  // From now on it counts how late frames are.
  void begin_measuring() { late_ = {}; }

  void add_to(Measured& measured) const;

 private:
  struct Sending {
    PublishedTrack published;
    std::size_t frame = 0;
    Nanoseconds due = 0;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    std::uint16_t picture = 0;
    Nanoseconds key_frame_at = 0;
    bool key_frame_asked = false;
    std::uint32_t packets = 0;
    std::uint32_t bytes = 0;
    std::vector<std::vector<std::uint8_t>> history;  // datagrams by the low bits of their numbers
  };

  static constexpr std::size_t kHistory = 512;

  void send_frame(Sending& sending);
  void send_packet(Sending& sending, const ClipFrame& frame, std::size_t index);
  void send_reports(Nanoseconds now);
  Sending* sending_of(std::uint32_t ssrc);
  void send_again(Sending& sending, std::uint16_t sequence);

  SocketLink link_;
  std::vector<Sending> sending_;
  Nanoseconds phase_;
  std::uint16_t transport_sequence_ = 0;
  Nanoseconds next_report_ = 0;
  bool started_ = false;
  unsigned surge_ = 1;
  std::array<std::uint8_t, 2048> buffer_{};
  Histogram late_;
  std::uint64_t refused_ = 0;
  std::uint64_t key_frames_asked_ = 0;
  std::uint64_t sent_again_ = 0;
};

}  // namespace parlance::load
