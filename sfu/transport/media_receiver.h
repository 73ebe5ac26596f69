// Takes RTP packets of one transport from the wire to their producers.
#pragma once

#include <expected>
#include <memory>

#include "base/time.h"
#include "rtp/stream/arrival_log.h"
#include "rtp/stream/rate_window.h"
#include "sfu/packet/packet_pool.h"
#include "sfu/packet/shard_counters.h"
#include "sfu/secure/srtp_session.h"
#include "sfu/transport/receive_streams.h"

namespace parlance::sfu {

class MediaReceiver {
 public:
  explicit MediaReceiver(ShardCounters& counters) : counters_(counters) {}

  // Null: there are no keys yet, or no longer.
  void set_keys(std::unique_ptr<SrtpInbound> srtp) { srtp_ = std::move(srtp); }

  bool ready() const { return srtp_ != nullptr; }

  // A datagram from a known path that looks like RTP. Drops are counted.
  void on_rtp(Timestamp now, const PacketRef& packet, Outbox& outbox);

  // Decrypts in place; the plain compound is the packet's bytes then. False: dropped and counted.
  bool unprotect_rtcp(PacketSlot& packet);

  std::expected<void, MediaError> attach(Producer& producer) { return streams_.add(producer); }

  void detach(Producer& producer);

  ReceiveStreams& streams() { return streams_; }

  const ReceiveStreams& streams() const { return streams_; }

  rtp::ArrivalLog& arrivals() { return arrivals_; }

  rtp::RateWindow& rtp_rate() { return rtp_rate_; }

  rtp::RateWindow& rtx_rate() { return rtx_rate_; }

 private:
  std::expected<void, DropReason> accept(Timestamp now, const PacketRef& packet, Outbox& outbox);
  std::expected<void, DropReason> accept_rtx(Timestamp now,
                                             const PacketRef& packet,
                                             const ReceiveStreams::Found& found,
                                             Outbox& outbox);

  ShardCounters& counters_;
  std::unique_ptr<SrtpInbound> srtp_;
  ReceiveStreams streams_;
  rtp::ArrivalLog arrivals_;
  rtp::RateWindow rtp_rate_;
  rtp::RateWindow rtx_rate_;
};

}  // namespace parlance::sfu
