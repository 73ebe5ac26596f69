#include "sfu/transport/shard.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "rtp/packet/demux.h"
#include "sfu/forward/router.h"
#include "sfu/forward/wall_clock.h"
#include "sfu/ice/stun_message.h"
#include "sfu/secure/crypto.h"
#include "sfu/transport/call.h"
#include "sfu/transport/demux_tables.h"
#include "sfu/transport/ready_heap.h"
#include "sfu/transport/transport.h"

namespace parlance::sfu {

namespace {

// Video streams that a shard can store two seconds of at 250 packets/s; what there are more share
// the pool.
constexpr std::size_t kStoredStreams = 64;
constexpr std::size_t kStoredPackets = 500;

// Slots that are on their way through the shell, not stored.
constexpr std::size_t kTransitSlots = 512;

// Timers run in one call; more than a shard of full size has due at once.
constexpr std::size_t kMaxTimersPerCall = 65'536;

constexpr std::size_t packet_slots() {
  return kStoredStreams * kStoredPackets + kTransitSlots;
}

}  // namespace

struct Shard::Core {
  explicit Core(ShardConfig given) : config(std::move(given)), pool(packet_slots()) {}

  Call* call(RouterId id) const {
    const auto found = calls.find(id);
    return found == calls.end() ? nullptr : found->second.get();
  }

  Transport* transport(RouterId router, TransportId id) const {
    const Call* found = call(router);
    return found == nullptr ? nullptr : found->transport(id);
  }

  void on_datagram(Timestamp now, const ReceivedDatagram& datagram, Outbox& outbox);
  void on_stun(Timestamp now, const ReceivedDatagram& datagram, Outbox& outbox);
  void close_transport(Timestamp now, Call& call, TransportId id, Outbox& outbox);
  bool has_room(const Outbox& outbox) const;
  void pass_on(Timestamp now, Timestamp due, Outbox& outbox);
  bool on_pipe(Timestamp now, std::size_t from, Outbox& outbox);
  void on_pipe_entry(Timestamp now, std::size_t from, const Pipe::Entry& entry, Outbox& outbox);
  void on_piped_media(Timestamp now, PipePort& port, const Pipe::Entry& entry, Outbox& outbox);
  void on_pipe_request(Timestamp now, std::size_t from, const PipeMessage& asked, Producer& of);
  void run_due(Timestamp now, Outbox& outbox);
  std::uint16_t random_u16();

  // Runs `serve`; a broken assumption of ours costs that owner its service and nobody else's.
  template <typename Serve>
  void guarded(TimedOwner& owner, Serve&& serve);

  static constexpr std::size_t kMaxBugReports = 16;

  ShardConfig config;
  PacketPool pool;
  ShardCounters counters;
  WallClock clock;
  FanOut fan_out;
  Overload overload;
  std::vector<MediaEvent> events;
  ReadyHeap ready;
  DemuxTables demux;
  std::vector<std::string> bug_reports;
  std::unordered_map<RouterId, std::unique_ptr<Call>> calls;
};

namespace {

// Brings the shard's timers and counters up to date at the end of a public call.
class Settle {
 public:
  Settle(Timestamp now, Outbox& outbox, ShardCounters& counters)
      : now_(now),
        outbox_(outbox),
        counters_(counters),
        datagrams_(outbox.total_datagrams()),
        bytes_(outbox.total_bytes()) {}

  Settle(const Settle&) = delete;
  Settle& operator=(const Settle&) = delete;

  ~Settle() {
    counters_.packets_out += outbox_.total_datagrams() - datagrams_;
    counters_.bytes_out += outbox_.total_bytes() - bytes_;
  }

  template <typename Core>
  void run_due(Core& core) {
    core.run_due(now_, outbox_);
  }

 private:
  Timestamp now_;
  Outbox& outbox_;
  ShardCounters& counters_;
  std::uint64_t datagrams_;
  std::uint64_t bytes_;
};

// Whose service it costs where something breaks: a producer's port is a transport or a pipe's end.
TimedOwner& owner_of(const Producer& producer) {
  return dynamic_cast<TimedOwner&>(producer.port());
}

}  // namespace

template <typename Serve>
void Shard::Core::guarded(TimedOwner& owner, Serve&& serve) {
  try {
    serve();
  } catch (const Bug& bug) {
    ++counters.bugs;
    if (bug_reports.size() < kMaxBugReports) {
      bug_reports.emplace_back(bug.what());
    }
    owner.on_bug();
    ready.schedule(owner, kNever);
    if (auto* transport = dynamic_cast<Transport*>(&owner)) {
      events.push_back({transport->router(),
                        MediaEvent::TransportChanged{transport->id(), TransportState::kFailed}});
    }
  }
}

void Shard::Core::on_datagram(Timestamp now, const ReceivedDatagram& datagram, Outbox& outbox) {
  const auto bytes = datagram.packet->bytes();
  ++counters.packets_in;
  counters.bytes_in += bytes.size();
  const rtp::DatagramKind kind = rtp::classify_datagram(bytes);
  if (kind == rtp::DatagramKind::kStun) {
    return on_stun(now, datagram, outbox);
  }
  if (kind == rtp::DatagramKind::kUnknown) {
    return counters.drops.count(DropReason::kUnknownDatagram);
  }
  Transport* transport = demux.find(datagram.from);
  if (transport == nullptr) {
    return counters.drops.count(DropReason::kUnknownPath);
  }
  guarded(*transport, [&] {
    if (kind == rtp::DatagramKind::kRtp) {
      transport->on_rtp(now, datagram.packet, outbox);
    } else if (kind == rtp::DatagramKind::kRtcp) {
      transport->on_rtcp(now, datagram.packet, outbox);
    } else {
      transport->on_dtls(now, datagram.packet, datagram.from, outbox);
    }
  });
}

void Shard::Core::on_stun(Timestamp now, const ReceivedDatagram& datagram, Outbox& outbox) {
  const auto bytes = datagram.packet->bytes();
  if (!stun::looks_like_stun(bytes)) {
    return counters.drops.count(DropReason::kUnknownDatagram);
  }
  const auto ufrag = stun::local_ufrag(bytes);
  Transport* transport = ufrag ? demux.find_ufrag(*ufrag) : nullptr;
  if (transport == nullptr) {
    return counters.drops.count(DropReason::kUnknownUfrag);
  }
  guarded(*transport, [&] { transport->on_stun(now, datagram.packet, datagram.from, outbox); });
}

// For one more datagram, whoever it goes to.
bool Shard::Core::has_room(const Outbox& outbox) const {
  const std::size_t copies = outbox.has_relief() ? 0 : fan_out.copies();
  return outbox.free() >= kOutboxHeadroom + copies;
}

// What is due until then.
void Shard::Core::pass_on(Timestamp now, Timestamp due, Outbox& outbox) {
  while (Producer* producer = fan_out.due(due)) {
    guarded(owner_of(*producer), [&] { producer->pass_on(now, outbox); });
    producer->forget_waiting();
  }
}

// True where there is more.
bool Shard::Core::on_pipe(Timestamp now, std::size_t from, Outbox& outbox) {
  Pipe& pipe = *config.pipes.from[from];
  for (std::size_t i = 0; i < kPipeMessagesPerTurn; ++i) {
    const auto entry = pipe.front();
    if (!entry) {
      return false;
    }
    if (!has_room(outbox)) {
      pass_on(now, kNever, outbox);
      return true;
    }
    on_pipe_entry(now, from, *entry, outbox);
    pipe.pop();
  }
  return pipe.front().has_value();
}

void Shard::Core::on_pipe_entry(Timestamp now,
                                std::size_t from,
                                const Pipe::Entry& entry,
                                Outbox& outbox) {
  const Call* const found = call(entry.message.router);
  PipePort* const port = found == nullptr ? nullptr : found->pipe_port(entry.message.producer);
  if (port != nullptr) {
    guarded(*port, [&] { on_piped_media(now, *port, entry, outbox); });
    return;
  }
  Producer* const producer =
      found == nullptr ? nullptr : found->router.producer(entry.message.producer);
  if (producer == nullptr) {
    ++counters.pipe_strays;
    return;
  }
  // A pipe begins with what is stored, which may still wait.
  pass_on(now, kNever, outbox);
  guarded(owner_of(*producer), [&] { on_pipe_request(now, from, entry.message, *producer); });
}

void Shard::Core::on_piped_media(Timestamp now,
                                 PipePort& port,
                                 const Pipe::Entry& entry,
                                 Outbox& outbox) {
  switch (entry.message.kind) {
    case PipeMessage::Kind::kPacket:
      return port.on_packet(now, entry.body, outbox);
    case PipeMessage::Kind::kRestart:
      return port.on_restart();
    case PipeMessage::Kind::kSenderReport:
      return port.on_sender_report(now, entry.body);
    case PipeMessage::Kind::kSubscribe:
    case PipeMessage::Kind::kUnsubscribe:
    case PipeMessage::Kind::kKeyFrame:
      CHECK(false);  // nobody subscribes to what comes by a pipe itself
  }
}

void Shard::Core::on_pipe_request(Timestamp now,
                                  std::size_t from,
                                  const PipeMessage& asked,
                                  Producer& of) {
  Pipe& back = *config.pipes.to[from];
  switch (asked.kind) {
    case PipeMessage::Kind::kSubscribe:
      return of.pipe_to(now, asked.router, back);
    case PipeMessage::Kind::kUnsubscribe:
      return of.stop_piping(back);
    case PipeMessage::Kind::kKeyFrame:
      return of.on_piped_key_frame_request(now, back);
    case PipeMessage::Kind::kPacket:
    case PipeMessage::Kind::kRestart:
    case PipeMessage::Kind::kSenderReport:
      CHECK(false);  // media goes to who subscribed only
  }
}

void Shard::Core::run_due(Timestamp now, Outbox& outbox) {
  for (std::size_t i = 0; i < kMaxTimersPerCall; ++i) {
    TimedOwner* owner = ready.pop_due(now);
    if (owner == nullptr) {
      return;
    }
    guarded(*owner, [&] { owner->on_timeout(now, outbox); });
  }
}

void Shard::Core::close_transport(Timestamp now, Call& call, TransportId id, Outbox& outbox) {
  const auto found = call.transports.find(id);
  if (found == call.transports.end()) {
    return;
  }
  Transport& transport = *found->second;
  guarded(transport, [&] { transport.close(now, outbox); });
  while (!transport.consumers().empty()) {
    call.router.close_consumer(transport.consumers().back()->id());
  }
  while (!transport.producers().empty()) {
    call.router.close_producer(transport.producers().back()->id());
  }
  call.transports.erase(found);
}

std::uint16_t Shard::Core::random_u16() {
  std::array<std::uint8_t, 2> bytes{};
  config.crypto.random(bytes);
  return static_cast<std::uint16_t>(bytes[0] << 8U | bytes[1]);
}

Shard::Shard(ShardConfig config) : core_(std::make_unique<Core>(std::move(config))) {}

Shard::~Shard() = default;

PacketPool& Shard::packets() {
  return core_->pool;
}

void Shard::set_wall_clock(Timestamp now, std::int64_t unix_us) {
  core_->clock.set(now, unix_us);
}

std::size_t Shard::on_datagrams(Timestamp now,
                                std::span<ReceivedDatagram> datagrams,
                                Outbox& outbox) {
  Settle settle(now, outbox, core_->counters);
  std::size_t taken = 0;
  while (taken < datagrams.size()) {
    if (!core_->has_room(outbox)) {
      if (taken > 0) {
        break;
      }
      core_->pass_on(now, kNever, outbox);
    }
    const ReceivedDatagram datagram = std::move(datagrams[taken++]);
    if (datagram.packet) {
      core_->on_datagram(now, datagram, outbox);
    }
  }
  core_->pass_on(now, now, outbox);
  settle.run_due(*core_);
  return taken;
}

void Shard::set_overloaded(bool overloaded) {
  core_->overload.now = overloaded;
}

bool Shard::on_pipes(Timestamp now, Outbox& outbox) {
  Settle settle(now, outbox, core_->counters);
  bool more = false;
  for (std::size_t from = 0; from < core_->config.pipes.from.size(); ++from) {
    if (core_->config.pipes.from[from] != nullptr) {
      more = core_->on_pipe(now, from, outbox) || more;
    }
  }
  core_->pass_on(now, now, outbox);
  settle.run_due(*core_);
  return more;
}

Timestamp Shard::next_timeout() const {
  return std::min(core_->ready.next(), core_->fan_out.next());
}

void Shard::on_timeout(Timestamp now, Outbox& outbox) {
  Settle settle(now, outbox, core_->counters);
  core_->pass_on(now, now, outbox);
  settle.run_due(*core_);
}

std::expected<void, MediaError> Shard::create_router(RouterId id, RouterPart part) {
  if (core_->calls.contains(id)) {
    return std::unexpected(MediaError::kDuplicateId);
  }
  if (core_->calls.size() >= kMaxRoutersPerShard) {
    return std::unexpected(MediaError::kLimitReached);
  }
  const ForwardContext context{
      core_->clock, core_->pool, core_->counters, core_->fan_out, core_->overload};
  core_->calls.emplace(id, std::make_unique<Call>(id, part, context, core_->events, core_->ready));
  ++core_->counters.routers;
  return {};
}

void Shard::close_router(Timestamp now, RouterId id, Outbox& outbox) {
  const Settle settle(now, outbox, core_->counters);
  const auto found = core_->calls.find(id);
  if (found == core_->calls.end()) {
    return;
  }
  Call& call = *found->second;
  while (!call.transports.empty()) {
    core_->close_transport(now, call, call.transports.begin()->first, outbox);
  }
  core_->calls.erase(found);
  --core_->counters.routers;
}

std::expected<TransportDescription, MediaError> Shard::create_transport(RouterId router,
                                                                        TransportId id) {
  Call* call = core_->call(router);
  if (call == nullptr) {
    return std::unexpected(MediaError::kNotFound);
  }
  if (call->transports.contains(id)) {
    return std::unexpected(MediaError::kDuplicateId);
  }
  if (call->transports.size() >= kMaxTransportsPerRouter) {
    return std::unexpected(MediaError::kLimitReached);
  }
  const TransportContext context{core_->clock,
                                 core_->counters,
                                 core_->config.crypto,
                                 core_->demux,
                                 core_->ready,
                                 core_->events,
                                 core_->config.candidates};
  auto transport = std::make_unique<Transport>(router, id, context);
  TransportDescription description;
  description.ice = transport->ice_parameters();
  description.candidates = core_->config.candidates;
  description.dtls.role = DtlsRole::kAuto;
  description.dtls.fingerprints = {{"sha-256", core_->config.crypto.fingerprint().str()}};
  call->transports.emplace(id, std::move(transport));
  return description;
}

std::expected<void, MediaError> Shard::connect_transport(
    Timestamp now, RouterId router, TransportId id, const DtlsParameters& remote, Outbox& outbox) {
  Settle settle(now, outbox, core_->counters);
  Transport* transport = core_->transport(router, id);
  if (transport == nullptr) {
    return std::unexpected(MediaError::kNotFound);
  }
  std::expected<void, MediaError> connected;
  core_->guarded(*transport, [&] { connected = transport->connect(now, remote, outbox); });
  settle.run_due(*core_);
  return connected;
}

std::expected<IceParameters, MediaError> Shard::restart_ice(Timestamp now,
                                                            RouterId router,
                                                            TransportId id) {
  Transport* transport = core_->transport(router, id);
  if (transport == nullptr) {
    return std::unexpected(MediaError::kNotFound);
  }
  return transport->restart_ice(now);
}

void Shard::close_transport(Timestamp now, RouterId router, TransportId id, Outbox& outbox) {
  const Settle settle(now, outbox, core_->counters);
  if (Call* call = core_->call(router)) {
    core_->close_transport(now, *call, id, outbox);
  }
}

std::expected<void, MediaError> Shard::produce(RouterId router,
                                               TransportId transport,
                                               const ProducerOptions& options) {
  Call* call = core_->call(router);
  Transport* port = call == nullptr ? nullptr : call->transport(transport);
  if (port == nullptr) {
    return std::unexpected(MediaError::kNotFound);
  }
  if (!port->connecting()) {
    return std::unexpected(MediaError::kNotConnected);
  }
  return call->router.produce(options, *port);
}

void Shard::set_producer_paused(
    Timestamp now, RouterId router, ProducerId id, bool paused, Outbox& outbox) {
  Settle settle(now, outbox, core_->counters);
  if (Call* call = core_->call(router)) {
    call->router.set_producer_paused(now, id, paused, outbox);
    settle.run_due(*core_);
  }
}

void Shard::close_producer(RouterId router, ProducerId id) {
  if (Call* call = core_->call(router)) {
    call->router.close_producer(id);
    call->pipe_ports.erase(id);
  }
}

std::expected<void, MediaError> Shard::pipe_producer(Timestamp now,
                                                     RouterId router,
                                                     const ProducerOptions& options,
                                                     unsigned shard,
                                                     PipeUse use,
                                                     Outbox& outbox) {
  Settle settle(now, outbox, core_->counters);
  Call* call = core_->call(router);
  if (call == nullptr) {
    return std::unexpected(MediaError::kNotFound);
  }
  if (call->router.producer(options.id) != nullptr) {
    return {};
  }
  const PipeContext context{core_->pool, core_->counters, core_->ready};
  auto port =
      std::make_unique<PipePort>(router, options, use, *core_->config.pipes.to.at(shard), context);
  const auto produced = call->router.produce(PipePort::options_here(options), *port);
  if (produced) {
    call->pipe_ports.emplace(options.id, std::move(port));
    settle.run_due(*core_);
  }
  return produced;
}

std::expected<void, MediaError> Shard::consume(Timestamp now,
                                               RouterId router,
                                               TransportId transport,
                                               const ConsumerOptions& options,
                                               Outbox& outbox) {
  Settle settle(now, outbox, core_->counters);
  Call* call = core_->call(router);
  Transport* port = call == nullptr ? nullptr : call->transport(transport);
  if (port == nullptr) {
    return std::unexpected(MediaError::kNotFound);
  }
  const Consumer::Numbers numbers{
      .first_sequence = static_cast<std::uint16_t>(core_->random_u16() & 0x7FFFU),
      .first_rtx_sequence = static_cast<std::uint16_t>(core_->random_u16() & 0x7FFFU)};
  const auto consumed = call->router.consume(now, options, *port, numbers, outbox);
  settle.run_due(*core_);
  return consumed;
}

void Shard::set_consumer_paused(
    Timestamp now, RouterId router, ConsumerId id, bool paused, Outbox& outbox) {
  Settle settle(now, outbox, core_->counters);
  Call* call = core_->call(router);
  Consumer* consumer = call == nullptr ? nullptr : call->router.consumer(id);
  if (consumer != nullptr) {
    consumer->set_paused(now, paused, outbox);
    settle.run_due(*core_);
  }
}

void Shard::request_key_frame(Timestamp now, RouterId router, ConsumerId id, Outbox& outbox) {
  Settle settle(now, outbox, core_->counters);
  Call* call = core_->call(router);
  Consumer* consumer = call == nullptr ? nullptr : call->router.consumer(id);
  if (consumer != nullptr) {
    consumer->on_key_frame_request(now);
    settle.run_due(*core_);
  }
}

void Shard::close_consumer(RouterId router, ConsumerId id) {
  if (Call* call = core_->call(router)) {
    call->router.close_consumer(id);
  }
}

std::expected<Stats, MediaError> Shard::transport_stats(Timestamp now,
                                                        RouterId router,
                                                        TransportId id) {
  Transport* transport = core_->transport(router, id);
  if (transport == nullptr) {
    return std::unexpected(MediaError::kNotFound);
  }
  return transport->stats(now);
}

std::vector<MediaEvent> Shard::take_events() {
  return std::exchange(core_->events, {});
}

const ShardCounters& Shard::counters() const {
  return core_->counters;
}

std::vector<std::string> Shard::take_bug_reports() {
  return std::exchange(core_->bug_reports, {});
}

}  // namespace parlance::sfu
