// One producer's media on its way to one subscriber.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/time.h"
#include "rtp/packet/header_template.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/report_block.h"
#include "rtp/rtcp/sender_report.h"
#include "rtp/stream/key_frame_requester.h"
#include "rtp/stream/rate_window.h"
#include "rtp/stream/sequence.h"
#include "rtp/stream/sequence_rewriter.h"
#include "rtp/stream/timestamp_rewriter.h"
#include "sfu/api/media_engine.h"
#include "sfu/forward/ports.h"
#include "sfu/forward/resend_budget.h"
#include "sfu/forward/resend_guard.h"
#include "sfu/forward/sent_headers.h"
#include "sfu/forward/sent_numbers.h"
#include "sfu/forward/stream_score.h"
#include "sfu/packet/media_packet.h"
#include "sfu/packet/packet_pool.h"
#include "sfu/packet/shard_counters.h"

namespace parlance::sfu {

class Producer;
class ProducerStream;

// Rewrites headers only: numbers are dense from the subscriber's view, video begins with a key
// frame at every start and resume, and the stored packets that it may ask for again are the
// producer's.
class Consumer {
 public:
  struct Numbers {
    std::uint16_t first_sequence = 0;  // random, below 2^15 (RFC 3711 section 3.3.1)
    std::uint16_t first_rtx_sequence = 0;
  };

  // Whether these parameters name a codec and one stream, which is all that is used of them.
  static bool accepts(const ConsumerOptions& options);

  // Joins the producer's list. Producer and transport outlive it.
  Consumer(const ConsumerOptions& options,
           Producer& producer,
           SubscriberPort& out,
           ShardCounters& counters,
           Numbers numbers);
  ~Consumer();
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  ConsumerId id() const { return id_; }

  Producer& producer() { return producer_; }

  rtp::Ssrc ssrc() const { return media_.ssrc(); }

  std::optional<rtp::Ssrc> rtx_ssrc() const { return rtx_ssrc_; }

  const std::string& cname() const { return cname_; }

  // From the producer: what it accepted since the last call, all of it stored by now.
  void on_packets(Timestamp now, std::span<const PacketRef> packets, Outbox& outbox);

  // The publisher began a new stream under the old SSRC.
  void on_source_reset(Timestamp now);

  void on_producer_paused(Timestamp now, Outbox& outbox) { update_active(now, outbox); }

  void set_paused(Timestamp now, bool paused, Outbox& outbox);

  // Whether the transport can send: it has keys and a path.
  void set_writable(Timestamp now, bool writable, Outbox& outbox);

  // From the subscriber.
  void on_key_frame_request(Timestamp now);

  // Nothing more until the next key frame, which is asked for.
  void interrupt(Timestamp now);
  void on_pli(Timestamp now);
  void on_fir(Timestamp now, std::uint8_t request);
  void on_nack(Timestamp now, const rtp::rtcp::Nack& nack, Outbox& outbox);
  void on_report_block(rtp::NtpTime ours, const rtp::rtcp::ReportBlock& block);

  // For the subscriber; nothing while nothing is sent.
  std::optional<rtp::rtcp::SenderReport> make_sender_report(Timestamp now) const;

  bool paused() const { return paused_; }

  struct Totals {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::int64_t bitrate_bps = 0;
    std::int64_t lost = 0;
    std::uint8_t fraction_lost = 0;
    std::uint32_t jitter = 0;
    std::uint64_t retransmitted = 0;
    std::uint64_t nacks = 0;
    std::uint64_t packets_asked = 0;
    std::uint64_t plis = 0;
    std::uint64_t firs = 0;
    std::int64_t score = 0;
    std::optional<Duration> round_trip;
  };

  Totals totals(Timestamp now) const;

 private:
  // What a subscriber that never reported is taken to be away.
  static constexpr Duration kDefaultRoundTrip = std::chrono::milliseconds(100);

  ProducerStream& source() const;
  void update_active(Timestamp now, Outbox& outbox);
  void begin(Timestamp now, Outbox& outbox);
  bool begin_with(Timestamp now, const MediaPacket& packet, Outbox& outbox);
  void wish_key_frame(Timestamp now);
  bool send_stored_from(Timestamp now, rtp::ExtendedSequence first, Outbox& outbox);
  void send(Timestamp now, const MediaPacket& packet, Outbox& outbox);
  bool on_its_way(Timestamp now, const MediaPacket& packet) const;
  void send_again(Timestamp now, std::uint16_t sequence, Outbox& outbox);
  bool send_by_rtx(Timestamp now,
                   std::uint16_t sequence,
                   const MediaPacket& packet,
                   Outbox& outbox);
  bool send_unchanged(Timestamp now,
                      std::uint16_t sequence,
                      const MediaPacket& packet,
                      Outbox& outbox);

  ConsumerId id_;
  Producer& producer_;
  SubscriberPort& out_;
  ShardCounters& counters_;
  std::string cname_;
  rtp::HeaderTemplate media_;
  rtp::HeaderTemplate rtx_;
  std::optional<rtp::Ssrc> rtx_ssrc_;
  bool paused_;
  bool writable_ = false;
  bool active_ = false;      // neither side is paused, and the transport can send
  bool waiting_ = true;      // for the packet to begin with
  bool source_new_ = false;  // the next packet's timestamp doesn't follow from the last one's
  rtp::KeyFrameWish wish_;
  std::optional<rtp::ExtendedSequence> newest_sent_;  // by the producer's numbers
  rtp::SequenceRewriter sequences_;
  rtp::TimestampRewriter timestamps_;
  std::uint16_t next_rtx_sequence_;
  SentNumbers sent_numbers_;
  SentHeaders sent_headers_;  // only where there is no RTX
  bool resends_unchanged_ = false;
  ResendGuard resend_guard_;
  ResendBudget resend_budget_;
  mutable rtp::RateWindow rate_;
  StreamScore score_;
  std::optional<std::uint8_t> last_fir_;
  std::optional<Duration> round_trip_;
  rtp::rtcp::ReportBlock last_report_;
  Timestamp last_sent_{};
  std::uint64_t media_packets_ = 0;
  std::uint64_t media_octets_ = 0;  // payload only, as sender reports count
  std::uint64_t retransmitted_ = 0;
  std::uint64_t nacks_ = 0;
  std::uint64_t packets_asked_ = 0;
  std::uint64_t plis_ = 0;
  std::uint64_t firs_ = 0;
};

}  // namespace parlance::sfu
