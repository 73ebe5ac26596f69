#include "sfu/forward/router.h"

namespace parlance::sfu {

Router::Router(RouterId id,
               RouterPart part,
               const ForwardContext& context,
               std::vector<MediaEvent>& events,
               Waker& waker)
    : id_(id), part_(part), context_(context), waker_(waker), observers_(id, events) {}

Router::~Router() {
  while (!producers_.empty()) {
    close_producer(producers_.begin()->first);
  }
}

std::expected<void, MediaError> Router::produce(const ProducerOptions& options,
                                                PublisherPort& port) {
  if (producers_.contains(options.id)) {
    return std::unexpected(MediaError::kDuplicateId);
  }
  if (producers_.size() >= kMaxProducersPerRouter) {
    return std::unexpected(MediaError::kLimitReached);
  }
  // Several encodings are refused by ortc already; no layers are forwarded yet.
  if (options.parameters.encodings.size() != 1) {
    return std::unexpected(MediaError::kUnsupported);
  }
  const std::uint64_t source = next_source_++;
  auto producer = std::make_unique<Producer>(options, source, context_, port, *this);
  if (producer->payload_types().primary().use != PayloadType::Use::kMedia) {
    return std::unexpected(MediaError::kUnsupported);
  }
  if (const auto attached = port.attach(*producer); !attached) {
    return attached;
  }
  observers_.add(source, options.id);
  producers_.emplace(options.id, OwnedProducer{std::move(producer), &port});
  return {};
}

std::expected<void, MediaError> Router::consume(Timestamp now,
                                                const ConsumerOptions& options,
                                                SubscriberPort& port,
                                                Consumer::Numbers numbers,
                                                Outbox& outbox) {
  Producer* source = producer(options.producer);
  if (source == nullptr) {
    return std::unexpected(MediaError::kNotFound);
  }
  if (consumers_.contains(options.id)) {
    return std::unexpected(MediaError::kDuplicateId);
  }
  if (consumers_.size() >= kMaxConsumersPerRouter) {
    return std::unexpected(MediaError::kLimitReached);
  }
  if (!Consumer::accepts(options)) {
    return std::unexpected(MediaError::kUnsupported);
  }
  auto consumer = std::make_unique<Consumer>(options, *source, port, context_.counters, numbers);
  if (const auto attached = port.attach(now, *consumer, outbox); !attached) {
    return attached;
  }
  consumers_.emplace(options.id, OwnedConsumer{std::move(consumer), &port});
  return {};
}

Producer* Router::producer(ProducerId id) const {
  const auto found = producers_.find(id);
  return found == producers_.end() ? nullptr : found->second.producer.get();
}

Consumer* Router::consumer(ConsumerId id) const {
  const auto found = consumers_.find(id);
  return found == consumers_.end() ? nullptr : found->second.consumer.get();
}

void Router::set_producer_paused(Timestamp now, ProducerId id, bool paused, Outbox& outbox) {
  Producer* found = producer(id);
  if (found != nullptr && found->set_paused(now, paused, outbox) && paused) {
    observers_.silence(found->source());
  }
}

void Router::close_producer(ProducerId id) {
  const auto found = producers_.find(id);
  if (found == producers_.end()) {
    return;
  }
  Producer& closing = *found->second.producer;
  while (!closing.consumers().empty()) {
    close_consumer(closing.consumers().back()->id());
  }
  observers_.remove(closing.source());
  found->second.port->detach(closing);
  producers_.erase(found);
}

void Router::close_consumer(ConsumerId id) {
  const auto found = consumers_.find(id);
  if (found == consumers_.end()) {
    return;
  }
  found->second.port->detach(*found->second.consumer);
  consumers_.erase(found);
}

void Router::on_level(Timestamp now, std::uint64_t source, std::uint8_t below_overload_db) {
  if (part_ != RouterPart::kHome) {
    return;
  }
  const Timestamp before = observers_.next_timeout();
  observers_.on_level(now, source, below_overload_db);
  if (const Timestamp next = observers_.next_timeout(); next < before) {
    waker_.wake_at(next);
  }
}

}  // namespace parlance::sfu
