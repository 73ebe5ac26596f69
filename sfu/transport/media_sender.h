// The way out of one transport: where to, under which keys, and what was sent.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/time.h"
#include "rtp/stream/rate_window.h"
#include "sfu/forward/ports.h"
#include "sfu/packet/outbox.h"
#include "sfu/packet/shard_counters.h"
#include "sfu/secure/dtls_session.h"
#include "sfu/secure/srtp_session.h"
#include "sfu/transport/sent_history.h"

namespace parlance::sfu {

class MediaSender {
 public:
  explicit MediaSender(ShardCounters& counters) : counters_(counters) {}

  // Nothing: there is no valid pair.
  void set_path(const std::optional<Path>& path);

  // Null: there are no keys yet, or no longer.
  void set_keys(std::unique_ptr<SrtpOutbound> srtp) { srtp_ = std::move(srtp); }

  bool has_path() const { return has_path_; }

  // Media can be sent.
  bool ready() const { return has_path_ && srtp_ != nullptr; }

  SubscriberPort::Room reserve(Outbox& outbox);
  bool send_rtp(Timestamp now, SubscriberPort::Packet packet, Outbox& outbox);
  void send_rtcp(Timestamp now, std::span<const std::uint8_t> compound, Outbox& outbox);
  void send_dtls(Timestamp now, std::span<const std::uint8_t> datagram, Outbox& outbox);

  void forget(std::uint32_t ssrc);

  SentHistory& history() { return history_; }

  const SentHistory& history() const { return history_; }

  // All datagrams, those that carried RTP for the first time, and those that carried it again.
  rtp::RateWindow& rate() { return rate_; }

  rtp::RateWindow& rtp_rate() { return rtp_rate_; }

  rtp::RateWindow& rtx_rate() { return rtx_rate_; }

 private:
  void count(Timestamp now, std::size_t size);

  ShardCounters& counters_;
  Destination destination_;
  bool has_path_ = false;
  std::unique_ptr<SrtpOutbound> srtp_;
  std::span<std::uint8_t> reserved_;
  SentHistory history_;
  rtp::RateWindow rate_;
  rtp::RateWindow rtp_rate_;
  rtp::RateWindow rtx_rate_;
};

// Lends a transport's way out to its DTLS session for one call.
class DtlsSender final : public DtlsOutput {
 public:
  DtlsSender(Timestamp now, MediaSender& sender, Outbox& outbox)
      : now_(now), sender_(sender), outbox_(outbox) {}

  void send_dtls(std::span<const std::uint8_t> datagram) override {
    sender_.send_dtls(now_, datagram, outbox_);
  }

 private:
  Timestamp now_;
  MediaSender& sender_;
  Outbox& outbox_;
};

}  // namespace parlance::sfu
