// The producers and consumers of one call, and who among them speaks.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "sfu/api/media_engine.h"
#include "sfu/forward/audio_observers.h"
#include "sfu/forward/consumer.h"
#include "sfu/forward/ports.h"
#include "sfu/forward/producer.h"

namespace parlance::sfu {

inline constexpr std::size_t kMaxProducersPerRouter = 512;
inline constexpr std::size_t kMaxConsumersPerRouter = 16'384;

// A call may be on several shards. Its home is the one that listens for who speaks.
enum class RouterPart : std::uint8_t { kHome, kAway };

// Owns them; the transports that they belong to are told by attach() and detach().
class Router final : public LevelSink {
 public:
  // What is lent to it outlives it. `waker` runs next_timeout().
  Router(RouterId id,
         RouterPart part,
         const ForwardContext& context,
         std::vector<MediaEvent>& events,
         Waker& waker);
  ~Router() override;
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  RouterId id() const { return id_; }

  std::expected<void, MediaError> produce(const ProducerOptions& options, PublisherPort& port);

  std::expected<void, MediaError> consume(Timestamp now,
                                          const ConsumerOptions& options,
                                          SubscriberPort& port,
                                          Consumer::Numbers numbers,
                                          Outbox& outbox);

  // Null where there is none.
  Producer* producer(ProducerId id) const;
  Consumer* consumer(ConsumerId id) const;

  void set_producer_paused(Timestamp now, ProducerId id, bool paused, Outbox& outbox);

  // With its consumers.
  void close_producer(ProducerId id);
  void close_consumer(ConsumerId id);

  void on_level(Timestamp now, std::uint64_t source, std::uint8_t below_overload_db) override;

  Timestamp next_timeout() const { return observers_.next_timeout(); }

  void on_timeout(Timestamp now) { observers_.on_timeout(now); }

 private:
  struct OwnedProducer {
    std::unique_ptr<Producer> producer;
    PublisherPort* port = nullptr;
  };

  struct OwnedConsumer {
    std::unique_ptr<Consumer> consumer;
    SubscriberPort* port = nullptr;
  };

  RouterId id_;
  RouterPart part_;
  ForwardContext context_;
  Waker& waker_;
  AudioObservers observers_;
  std::uint64_t next_source_ = 1;
  std::unordered_map<ProducerId, OwnedProducer> producers_;
  std::unordered_map<ConsumerId, OwnedConsumer> consumers_;
};

}  // namespace parlance::sfu
