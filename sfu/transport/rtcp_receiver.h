// Reads the RTCP of one transport and hands each part to whom it concerns.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/time.h"
#include "rtp/rtcp/compound.h"
#include "rtp/rtcp/report_block.h"
#include "rtp/stream/ntp.h"
#include "sfu/forward/consumer.h"
#include "sfu/packet/shard_counters.h"
#include "sfu/transport/receive_streams.h"
#include "sfu/transport/rtcp_reporter.h"
#include "sfu/transport/sent_history.h"

namespace parlance::sfu {

inline constexpr std::size_t kMaxConsumersPerTransport = 1024;

// The consumers of a transport by the SSRCs that feedback names.
class SendStreams {
 public:
  // kSsrcInUse also for an SSRC that a closed consumer had: its numbers would go under the same
  // keys a second time, which AES-GCM does not survive (RFC 7714 section 8.1).
  std::expected<void, MediaError> add(Consumer& consumer);
  void remove(const Consumer& consumer);

  // By the media SSRC or the rtx SSRC; null where there is none.
  Consumer* find(rtp::Ssrc ssrc) const;

  const std::vector<Consumer*>& consumers() const { return consumers_; }

 private:
  std::unordered_map<rtp::Ssrc, Consumer*> by_ssrc_;
  std::unordered_set<rtp::Ssrc> used_;
  std::vector<Consumer*> consumers_;
};

class RtcpReceiver {
 public:
  RtcpReceiver(ReceiveStreams& receives,
               SendStreams& sends,
               SentHistory& history,
               RtcpReporter& reporter,
               ShardCounters& counters)
      : receives_(receives),
        sends_(sends),
        history_(history),
        reporter_(reporter),
        counters_(counters) {}

  // A decrypted compound. What follows a malformed part is not looked at.
  void on_compound(Timestamp now,
                   rtp::NtpTime ours,
                   std::span<const std::uint8_t> compound,
                   Outbox& outbox);

  // What the subscriber estimates to get through, if it says so (REMB).
  std::optional<std::uint64_t> estimate_bps() const { return estimate_bps_; }

 private:
  struct Now {
    Timestamp time;
    rtp::NtpTime ours;
  };

  // False where it was malformed.
  bool on_packet(Now now, const rtp::rtcp::Packet& packet, Outbox& outbox);
  bool on_sender_report(Now now, const rtp::rtcp::Packet& packet);
  bool on_receiver_report(Now now, const rtp::rtcp::Packet& packet);
  bool on_extended_report(Now now, const rtp::rtcp::Packet& packet);
  bool on_nack(Now now, const rtp::rtcp::Packet& packet, Outbox& outbox);
  bool on_transport_feedback(Now now, const rtp::rtcp::Packet& packet);
  bool on_picture_loss(Now now, const rtp::rtcp::Packet& packet);
  bool on_full_intra_request(Now now, const rtp::rtcp::Packet& packet);
  bool on_application_layer(const rtp::rtcp::Packet& packet);
  void on_blocks(Now now, const rtp::rtcp::ReportBlocks& blocks);
  void on_round_trip(Duration round_trip);

  ReceiveStreams& receives_;
  SendStreams& sends_;
  SentHistory& history_;
  RtcpReporter& reporter_;
  ShardCounters& counters_;
  std::optional<std::uint64_t> estimate_bps_;
};

}  // namespace parlance::sfu
