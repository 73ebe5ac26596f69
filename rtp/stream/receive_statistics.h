// What we report to a publisher about one of its streams (RFC 3550 section 6.4 and appendix A).
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "rtp/rtcp/report_block.h"
#include "rtp/stream/ntp.h"
#include "rtp/stream/sequence.h"

namespace parlance::rtp {

class ReceiveStatistics {
 public:
  explicit ReceiveStatistics(std::uint32_t clock_rate) : clock_rate_(clock_rate) {}

  // For each packet of the stream that is no retransmission, with what SequenceTracker said about
  // it.
  void on_packet(Timestamp now, const SequenceUpdate& update, std::uint32_t rtp_timestamp);

  // A retransmission filled a gap: counts as received.
  void on_repaired() {
    ++received_;
    ++received_since_reset_;
  }

  void on_sender_report(Timestamp now, NtpTime sent);

  // Takes the interval's fraction lost: call once per report. Nothing before the first packet.
  std::optional<rtcp::ReportBlock> make_report(Timestamp now, std::uint32_t ssrc);

  std::uint64_t received() const { return received_; }

  std::int64_t lost() const;

  std::uint8_t fraction_lost() const { return fraction_lost_; }

  // In clock ticks.
  std::uint32_t jitter() const { return jitter_x16_ / 16; }

 private:
  // A timestamp that jumps says nothing of the network, and must not overflow the sum.
  static constexpr std::uint32_t kMaxTransitStep = 450'000;  // 5 s at 90 kHz

  void update_jitter(Timestamp now, std::uint32_t rtp_timestamp);

  std::uint32_t clock_rate_;
  bool started_ = false;
  ExtendedSequence first_ = 0;
  ExtendedSequence newest_ = 0;
  std::uint64_t received_ = 0;
  std::int64_t expected_prior_ = 0;
  std::int64_t received_since_reset_ = 0;
  std::int64_t received_prior_ = 0;
  std::int64_t lost_before_reset_ = 0;
  std::uint8_t fraction_lost_ = 0;
  std::uint32_t jitter_x16_ = 0;
  std::uint32_t last_transit_ = 0;
  std::uint32_t last_rtp_timestamp_ = 0;
  std::uint32_t last_report_ = 0;  // compact NTP, 0: none yet
  Timestamp last_report_at_{};
};

}  // namespace parlance::rtp
