// One stream (encoding) of a publisher: accepts its packets, asks for what is missing, keeps what
// was sent.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <vector>

#include "base/time.h"
#include "rtp/rtcp/extended_report.h"
#include "rtp/rtcp/report_block.h"
#include "rtp/rtcp/sender_report.h"
#include "rtp/stream/key_frame_requester.h"
#include "rtp/stream/nack_generator.h"
#include "rtp/stream/ntp.h"
#include "rtp/stream/rate_window.h"
#include "rtp/stream/receive_statistics.h"
#include "rtp/stream/retransmission_ring.h"
#include "rtp/stream/sequence.h"
#include "sfu/forward/payload_types.h"
#include "sfu/forward/ports.h"
#include "sfu/forward/stream_score.h"
#include "sfu/packet/packet_pool.h"
#include "sfu/packet/shard_counters.h"

namespace parlance::sfu {

// The newest key frame, as long as a consumer may begin with it instead of asking for another.
struct StoredKeyFrame {
  rtp::ExtendedSequence first = 0;
  Timestamp arrived{};
};

// A key frame this recent is replayed to a consumer that starts: the browser would ignore a request
// for the 300 ms after it. Older ones are not, since the consumer would lag by their age until it
// has caught up.
inline constexpr Duration kKeyFrameReplayAge = std::chrono::milliseconds(400);

// Packets that a replay may send at once; a longer group of pictures waits for a fresh key frame.
inline constexpr std::int64_t kKeyFrameReplayPackets = 128;

// Packets given back per packet stored while the pool is scarce.
inline constexpr int kScarceRelease = 2;

class ProducerStream {
 public:
  struct Setup {
    rtp::MediaKind kind = rtp::MediaKind::kAudio;
    std::optional<rtp::Ssrc> ssrc;  // learned from the MID where the publisher didn't tell
    std::optional<rtp::Ssrc> rtx_ssrc;
    std::uint32_t clock_rate = 90000;
    bool asks_again = false;  // NACK was agreed on
    bool by_fir = false;      // FIR was agreed on and PLI was not
  };

  // What a packet did to the stream.
  struct Accepted {
    bool reset = false;  // the publisher began anew: consumers have to as well
    bool newest = false;
  };

  ProducerStream(const Setup& setup, PacketPool& pool, ShardCounters& counters);

  // Takes a packet whose `media.view` was parsed; fills in the rest of `media` and keeps a share
  // where it may be asked for again. `repaired`: it came by RTX. `ours` is the NTP time now.
  std::expected<Accepted, DropReason> on_packet(Timestamp now,
                                                rtp::NtpTime ours,
                                                const PacketRef& packet,
                                                const PayloadType& type,
                                                bool repaired);

  // What comes next does not continue what came before.
  void expect_restart() { sequences_.expect_restart(); }

  // Statistics only: the producer is paused.
  void on_ignored_packet(Timestamp now, const rtp::PacketView& view, std::size_t size);

  void on_rtx_padding() { ++rtx_discarded_; }

  void on_sender_report(Timestamp now, rtp::NtpTime ours, const rtp::rtcp::SenderReport& report);
  void on_round_trip(Duration round_trip);

  // Nothing is asked for while the producer is paused.
  void set_paused(bool paused);

  // NACK and key frame requests that are due.
  Timestamp next_timeout() const;
  void on_timeout(Timestamp now, FeedbackOut& out);

  // Called about once a second; nothing before the first packet.
  std::optional<rtp::rtcp::ReportBlock> make_report(Timestamp now);

  const PacketRef* stored(Timestamp now, rtp::ExtendedSequence sequence) const {
    return ring_.find(now, sequence);
  }

  // Nothing where the newest key frame is too old, too long ago or not stored.
  std::optional<StoredKeyFrame> replayable_key_frame(Timestamp now) const;

  rtp::ExtendedSequence newest() const { return sequences_.newest(); }

  rtp::KeyFrameRequester& key_frames() { return key_frames_; }

  const rtp::SenderClock& clock() const { return clock_; }

  const std::optional<rtp::Ssrc>& ssrc() const { return setup_.ssrc; }

  const std::optional<rtp::Ssrc>& rtx_ssrc() const { return setup_.rtx_ssrc; }

  void learn_ssrc(rtp::Ssrc ssrc) { setup_.ssrc = ssrc; }

  void learn_rtx_ssrc(rtp::Ssrc ssrc) { setup_.rtx_ssrc = ssrc; }

  std::uint32_t clock_rate() const { return setup_.clock_rate; }

  struct Totals {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::int64_t bitrate_bps = 0;
    std::int64_t lost = 0;
    std::uint8_t fraction_lost = 0;
    std::uint32_t jitter = 0;
    std::uint64_t discarded = 0;
    std::uint64_t retransmitted = 0;
    std::uint64_t repaired = 0;
    std::uint64_t rtx_discarded = 0;
    std::uint64_t nacks = 0;
    std::uint64_t packets_asked = 0;
    std::uint64_t plis = 0;
    std::uint64_t firs = 0;
    std::int64_t score = 0;
    std::optional<Duration> round_trip;
  };

  Totals totals(Timestamp now) const;

 private:
  void forget_history();
  void describe(Timestamp now,
                MediaPacket& media,
                rtp::ExtendedSequence sequence,
                const PayloadType& type);
  void store(Timestamp now, const PacketRef& packet);

  Setup setup_;
  PacketPool& pool_;
  ShardCounters& counters_;
  bool paused_ = false;
  rtp::SequenceTracker sequences_;
  rtp::NackGenerator nacks_;
  rtp::ReceiveStatistics statistics_;
  rtp::RetransmissionRing<PacketRef> ring_;
  rtp::KeyFrameRequester key_frames_;
  rtp::SenderClock clock_;
  mutable rtp::RateWindow rate_;
  std::optional<StoredKeyFrame> key_frame_;
  std::vector<std::uint16_t> asking_;  // scratch, kept for its capacity
  std::uint8_t fir_sequence_ = 0;
  StreamScore score_;
  std::optional<Duration> round_trip_;
  std::uint64_t discarded_ = 0;
  std::uint64_t retransmitted_ = 0;
  std::uint64_t repaired_ = 0;
  std::uint64_t rtx_discarded_ = 0;
  std::uint64_t nack_messages_ = 0;
  std::uint64_t packets_asked_ = 0;
  std::uint64_t plis_ = 0;
  std::uint64_t firs_ = 0;
};

}  // namespace parlance::sfu
