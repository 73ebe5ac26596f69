// The media plane as the rest of the server sees it: shards on worker threads behind one
// thread-safe door.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/executor.h"
#include "base/uuid.h"
#include "rtp/parameters.h"

namespace parlance::sfu {

using RouterId = Id<struct RouterTag>;
using TransportId = Id<struct TransportTag>;
using ProducerId = Id<struct ProducerTag>;
using ConsumerId = Id<struct ConsumerTag>;

enum class MediaError : std::uint8_t {
  kNotFound,      // no such router, transport, producer or consumer
  kDuplicateId,   // that id is taken
  kSsrcInUse,     // another producer of the transport has that SSRC or MID
  kNotConnected,  // producing needs a connected transport
  kAlreadyConnected,
  kBadDtlsParameters,
  kUnsupported,
  kLimitReached,
  kOverloaded,  // the shard's mailbox is full: try again
  kStopped,
};

struct IceParameters {
  std::string username_fragment;
  std::string password;
};

struct IceCandidate {
  std::string foundation;
  std::uint32_t priority = 0;
  std::string address;  // IP address or host name
  std::string protocol = "udp";
  std::uint16_t port = 0;
};

enum class DtlsRole : std::uint8_t { kAuto, kClient, kServer };

struct DtlsFingerprint {
  std::string algorithm;  // "sha-256"
  std::string value;      // "AB:CD:..." upper case
};

struct DtlsParameters {
  DtlsRole role = DtlsRole::kAuto;
  std::vector<DtlsFingerprint> fingerprints;
};

struct TransportDescription {
  IceParameters ice;
  std::vector<IceCandidate> candidates;
  DtlsParameters dtls;
};

struct ProducerOptions {
  ProducerId id;
  rtp::MediaKind kind = rtp::MediaKind::kAudio;
  rtp::RtpParameters parameters;  // the publisher's
  rtp::RtpMapping mapping;        // to the router's numbers
  bool paused = false;
};

struct ConsumerOptions {
  ConsumerId id;
  ProducerId producer;
  rtp::RtpParameters parameters;  // as sent to the subscriber
  bool paused = true;
};

enum class TransportState : std::uint8_t {
  kNew,
  kConnecting,
  kConnected,     // ICE has a pair and DTLS is done: media flows
  kDisconnected,  // ICE consent expired; an ICE restart brings it back
  kFailed,        // DTLS failed: only a new transport helps
  kClosed,        // DTLS close_notify from the peer
};

// Things that happen in the media plane. Posted on the executor that the router was created with.
struct MediaEvent {
  struct TransportChanged {
    TransportId transport;
    TransportState state;
  };

  struct DominantSpeaker {
    std::optional<ProducerId> producer;  // nothing: silence
  };

  struct AudioLevels {
    struct Level {
      ProducerId producer;
      std::int8_t dbov = -127;  // -127 (silent) to 0
    };

    std::vector<Level> levels;  // loudest first, those above the threshold only
  };

  RouterId router;
  std::variant<TransportChanged, DominantSpeaker, AudioLevels> what;
};

using MediaEventSink = std::function<void(MediaEvent)>;

// One statistics object of mediasoup's getStats(): its names, numbers and texts. "a.b" is the
// member b of the object a.
using StatsEntry = std::map<std::string, std::variant<std::int64_t, double, std::string, bool>>;
using Stats = std::vector<StatsEntry>;

struct ShardLoad {
  unsigned shard = 0;
  unsigned worker = 0;
  std::uint16_t port = 0;
  std::uint32_t routers = 0;
  std::uint32_t transports = 0;
  std::uint32_t producers = 0;
  std::uint32_t consumers = 0;
  std::uint64_t packets_in_per_s = 0;
  std::uint64_t packets_out_per_s = 0;
  double cpu = 0.0;  // share of one core over the last second
};

struct WorkerLoad {
  unsigned worker = 0;
  unsigned shards = 0;
  double cpu = 0.0;
};

struct EngineLoad {
  std::vector<ShardLoad> shards;
  std::vector<WorkerLoad> workers;
  std::map<std::string, std::uint64_t> counters;  // totals since start, drop reasons among them
};

struct EngineOptions {
  unsigned workers = 1;
  unsigned shards = 2;
  std::vector<std::string> listen_addresses;  // "0.0.0.0", "::"; one socket each per shard
  std::uint16_t first_port = 0;  // shard i listens on first_port + i; 0 picks free ports

  struct Announced {
    std::string address;                // IP or host name put into candidates
    std::optional<std::uint16_t> port;  // of shard 0 as seen from outside; + i for shard i
  };

  // Cores that another worker must have less to do before a call grows onto one of its shards; 0:
  // every call goes wherever there is less to do.
  double spread_at = 0.1;

  std::vector<Announced> announced;  // empty: the addresses of the machine's interfaces

  // Told of every failed CHECK that costs a peer or a call its service, on a media thread.
  std::function<void(std::string_view)> bug_log;

  // Told once, at start, what this kernel lacks that makes the engine slower.
  std::function<void(std::string_view)> notice_log;
};

template <typename T>
using MediaReply = std::move_only_function<void(std::expected<T, MediaError>)>;

// Every call is safe from any thread, returns at once, and answers exactly once on `reply_on`.
// Commands for one transport and what is on it are carried out in the order given. Closing an
// object closes what belongs to it; closing what is gone already is no error.
class MediaEngine {
 public:
  virtual ~MediaEngine() = default;

  // Its home is the least loaded shard; its transports may be on others. `events` is called on
  // `reply_on`.
  virtual void create_router(RouterId id, Executor& reply_on, MediaEventSink events) = 0;
  virtual void close_router(RouterId id) = 0;

  virtual void create_transport(RouterId router,
                                TransportId id,
                                Executor& reply_on,
                                MediaReply<TransportDescription> reply) = 0;
  virtual void connect_transport(RouterId router,
                                 TransportId id,
                                 DtlsParameters remote,
                                 Executor& reply_on,
                                 MediaReply<void> reply) = 0;
  // New credentials; the old ones stay valid until the first check with the new ones.
  virtual void restart_ice(RouterId router,
                           TransportId id,
                           Executor& reply_on,
                           MediaReply<IceParameters> reply) = 0;
  virtual void close_transport(RouterId router, TransportId id) = 0;

  virtual void produce(RouterId router,
                       TransportId transport,
                       ProducerOptions options,
                       Executor& reply_on,
                       MediaReply<void> reply) = 0;
  virtual void set_producer_paused(RouterId router, ProducerId id, bool paused) = 0;
  virtual void close_producer(RouterId router, ProducerId id) = 0;

  virtual void consume(RouterId router,
                       TransportId transport,
                       ConsumerOptions options,
                       Executor& reply_on,
                       MediaReply<void> reply) = 0;
  virtual void set_consumer_paused(RouterId router, ConsumerId id, bool paused) = 0;
  virtual void request_key_frame(RouterId router, ConsumerId id) = 0;
  virtual void close_consumer(RouterId router, ConsumerId id) = 0;

  // Statistics of a transport and of everything on it.
  virtual void transport_stats(RouterId router,
                               TransportId id,
                               Executor& reply_on,
                               MediaReply<Stats> reply) = 0;

  // Moves shards between threads while media flows; answers when the new number runs.
  virtual void set_workers(unsigned count, Executor& reply_on, MediaReply<void> reply) = 0;

  virtual EngineLoad load() const = 0;
};

// Binds every port first: the error is a text that says which one is taken and what to change.
std::expected<std::unique_ptr<MediaEngine>, std::string> start_media_engine(
    const EngineOptions& options);

}  // namespace parlance::sfu
