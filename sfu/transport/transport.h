// One peer: ICE, DTLS, SRTP and RTCP of a participant's transport, wired together.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "base/timer_slots.h"
#include "sfu/api/media_engine.h"
#include "sfu/forward/ports.h"
#include "sfu/forward/wall_clock.h"
#include "sfu/ice/ice_server.h"
#include "sfu/packet/packet_pool.h"
#include "sfu/packet/shard_counters.h"
#include "sfu/secure/crypto.h"
#include "sfu/transport/demux_tables.h"
#include "sfu/transport/media_receiver.h"
#include "sfu/transport/media_sender.h"
#include "sfu/transport/ready_heap.h"
#include "sfu/transport/rtcp_receiver.h"
#include "sfu/transport/rtcp_reporter.h"

namespace parlance::sfu {

// What a shard lends to all of its transports.
struct TransportContext {
  const WallClock& clock;
  ShardCounters& counters;
  Crypto& crypto;
  DemuxTables& demux;
  ReadyHeap& ready;
  std::vector<MediaEvent>& events;
  std::span<const IceCandidate> candidates = {};  // where clients send to
};

class Transport final : public TimedOwner, public PublisherPort, public SubscriberPort {
 public:
  Transport(RouterId router, TransportId id, const TransportContext& context);
  ~Transport() override;

  TransportId id() const { return id_; }

  RouterId router() const { return router_; }

  IceParameters ice_parameters() const;

  std::expected<void, MediaError> connect(Timestamp now,
                                          const DtlsParameters& remote,
                                          Outbox& outbox);

  // DTLS and all streams go on; the old credentials stay valid until the first check with the new
  // ones.
  IceParameters restart_ice(Timestamp now);

  // Says close_notify. To be destroyed after its producers and consumers.
  void close(Timestamp now, Outbox& outbox);

  // connect() was called: producing makes sense.
  bool connecting() const { return remote_.has_value(); }

  TransportState state() const { return state_; }

  // Datagrams of each kind. All but STUN come from a path that ICE knows.
  void on_stun(Timestamp now, const PacketRef& packet, const Path& from, Outbox& outbox);
  void on_dtls(Timestamp now, const PacketRef& packet, const Path& from, Outbox& outbox);
  void on_rtp(Timestamp now, const PacketRef& packet, Outbox& outbox);
  void on_rtcp(Timestamp now, const PacketRef& packet, Outbox& outbox);

  void on_timeout(Timestamp now, Outbox& outbox) override;
  void on_bug() noexcept override;

  std::expected<void, MediaError> attach(Producer& producer) override;
  void detach(Producer& producer) override;
  void wake_at(Timestamp at) override;

  void on_audience(bool /*anyone*/) override {}

  std::expected<void, MediaError> attach(Timestamp now,
                                         Consumer& consumer,
                                         Outbox& outbox) override;
  void detach(Consumer& consumer) override;

  Room reserve(Outbox& outbox) override { return sender_.reserve(outbox); }

  bool send_rtp(Timestamp now, Packet packet, Outbox& outbox) override {
    return sender_.send_rtp(now, packet, outbox);
  }

  void hasten_report(Timestamp now) override;

  const std::vector<Producer*>& producers() const { return receiver_.streams().producers(); }

  const std::vector<Consumer*>& consumers() const { return sends_.consumers(); }

  // The transport's entry, then those of its producers and consumers.
  Stats stats(Timestamp now);

 private:
  enum class Slot : std::uint8_t { kIce, kDtls, kProducers, kTransportFeedback, kReport, kCount };

  struct Remote {
    DtlsSide side = DtlsSide::kServer;
    Fingerprint fingerprint;
  };

  static std::expected<Remote, MediaError> read_remote(const DtlsParameters& parameters);

  void adopt(const IceUpdate& update, const Path* from);
  void enter_ufrag(const std::string& ufrag);
  void leave_ufrag(const std::string& ufrag);
  void after_ice_or_dtls(Timestamp now, Outbox& outbox);
  void start_dtls_when_ready(Timestamp now, Outbox& outbox);
  void take_keys();
  TransportState present_state() const;
  void arm_report(Timestamp at);
  void reschedule();

  void run(Timestamp now, Slot slot, Outbox& outbox);
  void run_ice(Timestamp now, Outbox& outbox);
  void run_producers(Timestamp now, Outbox& outbox);
  void run_transport_feedback(Timestamp now, Outbox& outbox);
  void run_report(Timestamp now, Outbox& outbox);
  Timestamp next_report(Timestamp now);
  StatsEntry own_stats(Timestamp now);

  RouterId router_;
  TransportId id_;
  TransportContext context_;
  IceServer ice_;
  std::vector<std::string> ufrags_;  // of ours in the demux tables
  std::unique_ptr<DtlsSession> dtls_;
  std::optional<Remote> remote_;
  bool dtls_started_ = false;
  std::size_t early_dtls_ = 0;
  bool broken_ = false;
  TransportState state_ = TransportState::kNew;
  MediaSender sender_;
  MediaReceiver receiver_;
  SendStreams sends_;
  RtcpReporter reporter_;
  RtcpReceiver rtcp_;
  TimerSlots<Slot> timers_;
  rtp::RateWindow received_;
};

}  // namespace parlance::sfu
