#include "sfu/transport/pipe_port.h"

#include <algorithm>
#include <utility>

#include "rtp/packet/packet_view.h"
#include "rtp/rtcp/sender_report.h"
#include "sfu/forward/pipe_consumer.h"
#include "sfu/forward/producer.h"

namespace parlance::sfu {

PipePort::PipePort(RouterId router,
                   const ProducerOptions& options,
                   PipeUse use,
                   Pipe& back,
                   const PipeContext& context)
    : router_(router),
      id_(options.id),
      use_(use),
      back_(back),
      context_(context),
      extensions_(options.parameters.header_extensions) {
  if (use_ == PipeUse::kAlways) {
    on_audience(true);
  }
}

PipePort::~PipePort() {
  if (subscribed_) {
    tell(PipeMessage::Kind::kUnsubscribe);
  }
}

ProducerOptions PipePort::options_here(ProducerOptions options) {
  for (rtp::RtpCodecParameters& codec : options.parameters.codecs) {
    std::erase(codec.rtcp_feedback, rtp::RtcpFeedback{"nack", ""});
  }
  // One that the publisher tells by its MID only is the other shard's to learn.
  for (rtp::RtpEncodingParameters& encoding : options.parameters.encodings) {
    encoding.ssrc = encoding.ssrc.value_or(0);
  }
  return options;
}

void PipePort::on_packet(Timestamp now, std::span<const std::uint8_t> bytes, Outbox& outbox) {
  heard_ = true;
  if (producer_ == nullptr) {
    return;
  }
  const PacketRef packet = context_.pool.acquire();
  if (!packet) {
    return context_.counters.drops.count(DropReason::kNoPacketSlot);
  }
  std::ranges::copy(bytes, packet->buffer().begin());
  packet->resize(bytes.size());
  const auto view = rtp::PacketView::parse(packet->bytes(), extensions_);
  if (!view) {
    return context_.counters.drops.count(DropReason::kMalformedRtp);
  }
  packet->media.view = *view;
  producer_->on_packet(now, 0, packet, false, outbox);
}

void PipePort::on_restart() {
  heard_ = true;
  if (producer_ != nullptr) {
    producer_->expect_restart();
  }
}

void PipePort::on_sender_report(Timestamp now, std::span<const std::uint8_t> body) {
  if (producer_ != nullptr) {
    const PipedReport piped = PipedReport::read(body);
    rtp::rtcp::SenderReport report;
    report.ntp = piped.sent;
    report.rtp_timestamp = piped.rtp_timestamp;
    producer_->on_sender_report(now, piped.arrived, 0, report);
  }
}

std::expected<void, MediaError> PipePort::attach(Producer& producer) {
  producer_ = &producer;
  return {};
}

void PipePort::detach(Producer&) {
  producer_ = nullptr;
}

void PipePort::on_audience(bool anyone) {
  wanted_ = anyone || use_ == PipeUse::kAlways;
  if (wanted_ != subscribed_) {
    arm(Slot::kSubscription, Timestamp{});  // at once
  }
}

void PipePort::wake_at(Timestamp at) {
  if (at < timers_.at(Slot::kProducer)) {
    arm(Slot::kProducer, at);
  }
}

void PipePort::arm(Slot slot, Timestamp at) {
  timers_.arm(slot, at);
  context_.ready.schedule(*this, timers_.next_timeout());
}

void PipePort::on_timeout(Timestamp now, Outbox&) {
  while (const auto slot = timers_.pop_due(now)) {
    if (*slot == Slot::kSubscription) {
      run_subscription(now);
    } else if (producer_ != nullptr) {
      producer_->on_timeout(now, *this);
      timers_.arm(Slot::kProducer, producer_->next_timeout());
    }
  }
  context_.ready.schedule(*this, timers_.next_timeout());
}

void PipePort::run_subscription(Timestamp now) {
  if (wanted_ != subscribed_) {
    heard_ = false;
  }
  if (wanted_ != subscribed_ || (wanted_ && !heard_)) {
    const bool told =
        tell(wanted_ ? PipeMessage::Kind::kSubscribe : PipeMessage::Kind::kUnsubscribe);
    subscribed_ = told ? wanted_ : subscribed_;
  }
  if (wanted_ != subscribed_ || (wanted_ && !heard_)) {
    timers_.arm(Slot::kSubscription, now + kSubscribeInterval);
  }
}

bool PipePort::tell(PipeMessage::Kind kind) {
  return back_.write({.kind = kind, .router = router_, .producer = id_});
}

}  // namespace parlance::sfu
