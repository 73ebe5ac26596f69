// The regular RTCP of one transport: what we sent to a subscriber, what we got from a publisher.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "rtp/parameters.h"
#include "rtp/stream/ntp.h"
#include "sfu/forward/consumer.h"
#include "sfu/forward/producer.h"
#include "sfu/transport/rtcp_batch.h"

namespace parlance::sfu {

// Mean time between reports; each interval is this times a random factor from 0.8 to 1.2, so that
// the reports of many transports don't fall into step (RFC 3550 section 6.2).
inline constexpr Duration kReportInterval = std::chrono::milliseconds(1000);

// After a stream began: its first sender report, which lip sync waits for.
inline constexpr Duration kFirstReportDelay = std::chrono::milliseconds(100);

class RtcpReporter {
 public:
  RtcpReporter(rtp::Ssrc ssrc, std::string cname) : ssrc_(ssrc), cname_(std::move(cname)) {}

  // Of our reports and feedback on this transport.
  rtp::Ssrc ssrc() const { return ssrc_; }

  // The peer sent its reference time (RFC 3611 section 4.4): the next report answers it.
  void on_reference_time(Timestamp now, rtp::Ssrc peer, rtp::NtpTime sent);

  // Writes sender reports for consumers, receiver reports for producers, and extended reports for
  // both.
  void write(Timestamp now,
             rtp::NtpTime ours,
             std::span<Producer* const> producers,
             std::span<Consumer* const> consumers,
             RtcpBatch& batch);

 private:
  struct ReferenceTime {
    rtp::Ssrc peer = 0;
    std::uint32_t compact = 0;
    Timestamp at{};
  };

  void write_sender_reports(Timestamp now, std::span<Consumer* const> consumers, RtcpBatch& batch);
  bool write_receiver_reports(Timestamp now,
                              std::span<Producer* const> producers,
                              RtcpBatch& batch);
  void write_extended_report(Timestamp now, rtp::NtpTime ours, bool receives, RtcpBatch& batch);

  rtp::Ssrc ssrc_;
  std::string cname_;
  std::optional<ReferenceTime> reference_time_;
};

}  // namespace parlance::sfu
