// A browser's receiver for one video stream: asks for what is missing, "decodes" complete frames in
// order.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/time.h"
#include "rtp/packet/packet_view.h"
#include "rtp/rtcp/report_block.h"
#include "rtp/stream/nack_generator.h"
#include "rtp/stream/receive_statistics.h"
#include "rtp/stream/sequence.h"

namespace parlance::test {

class VideoSink {
 public:
  explicit VideoSink(rtp::Ssrc ssrc) : ssrc_(ssrc), statistics_(90000) {}

  rtp::Ssrc ssrc() const { return ssrc_; }

  // `sequence` is the media stream's also for what came by RTX.
  void on_packet(Timestamp now,
                 std::uint16_t sequence,
                 bool repaired,
                 const rtp::PacketView& view,
                 std::span<const std::uint8_t> payload);

  Timestamp next_timeout() const { return nacks_.next_timeout(); }

  void on_timeout(Timestamp now, std::vector<std::uint16_t>& ask_for) {
    nacks_.on_timeout(now, ask_for);
  }

  // As a browser that has packets and can't decode: true once, then again after 200 ms.
  bool wants_key_frame(Timestamp now);

  std::optional<rtp::rtcp::ReportBlock> make_report(Timestamp now) {
    return statistics_.make_report(now, ssrc_);
  }

  void on_sender_report(Timestamp now, rtp::NtpTime sent) {
    statistics_.on_sender_report(now, sent);
  }

  struct Frame {
    Timestamp at{};
    std::uint32_t number = 0;  // the source's
    std::uint32_t timestamp = 0;
    bool key = false;
  };

  const std::vector<Frame>& frames() const { return frames_; }

  std::uint16_t newest_sequence() const { return static_cast<std::uint16_t>(tracker_.newest()); }

  std::uint32_t packets() const { return packets_; }

  std::uint32_t repaired() const { return repaired_; }

  std::uint32_t duplicates() const { return duplicates_; }

  // Packets with numbers below those of the first key frame.
  std::uint32_t before_first_key_frame() const;

  // Longest time between two decoded frames from `from` on, the time since the last one included.
  Duration longest_gap(Timestamp from, Timestamp now) const;

 private:
  struct Piece {
    bool starts_frame = false;
    bool key = false;
    bool marker = false;
    std::uint32_t number = 0;
    std::uint32_t timestamp = 0;
  };

  void decode(Timestamp now);

  rtp::Ssrc ssrc_;
  rtp::SequenceTracker tracker_;
  rtp::NackGenerator nacks_;
  rtp::ReceiveStatistics statistics_;
  std::map<rtp::ExtendedSequence, Piece> pieces_;
  std::optional<rtp::ExtendedSequence> first_key_;
  std::optional<rtp::ExtendedSequence> lowest_;
  rtp::ExtendedSequence next_ = 0;
  bool key_ = false;
  std::vector<Frame> frames_;
  std::uint32_t packets_ = 0;
  std::uint32_t repaired_ = 0;
  std::uint32_t duplicates_ = 0;
  Timestamp first_packet_at_ = kNever;
  Timestamp asked_key_frame_at_{};
};

}  // namespace parlance::test
