#include "sfu/forward/producer.h"

#include <algorithm>

#include "sfu/forward/consumer.h"
#include "sfu/forward/even_sizes.h"

namespace parlance::sfu {

namespace {

const rtp::RtpCodecParameters* first_media_codec(const rtp::RtpParameters& parameters) {
  const auto found = std::ranges::find_if(parameters.codecs, [](const auto& codec) {
    return !associated_payload_type(codec).has_value();
  });
  return found == parameters.codecs.end() ? nullptr : &*found;
}

}  // namespace

Producer::Producer(const ProducerOptions& options,
                   std::uint64_t source,
                   const ForwardContext& context,
                   PublisherPort& port,
                   LevelSink& levels)
    : id_(options.id),
      source_(source),
      kind_(options.kind),
      mid_(options.parameters.mid),
      header_extensions_(options.parameters.header_extensions),
      context_(context),
      port_(port),
      levels_(levels),
      payload_types_(options.parameters, options.mapping),
      paused_(options.paused) {
  const rtp::RtpCodecParameters* codec = first_media_codec(options.parameters);
  mime_type_ = codec == nullptr ? "" : codec->mime_type;
  for (const rtp::RtpEncodingParameters& encoding : options.parameters.encodings) {
    const bool pli = codec != nullptr && has_feedback(*codec, "nack", "pli");
    const bool fir = codec != nullptr && has_feedback(*codec, "ccm", "fir");
    const ProducerStream::Setup setup{
        .kind = kind_,
        .ssrc = encoding.ssrc,
        .rtx_ssrc = encoding.rtx_ssrc,
        .clock_rate = payload_types_.primary().clock_rate,
        .asks_again = codec != nullptr && has_feedback(*codec, "nack", ""),
        .by_fir = fir && !pli,
    };
    streams_.emplace_back(setup, context_.pool, context_.counters);
    streams_.back().set_paused(paused_);
  }
  waiting_.reserve(kMaxGathered);
  ++context_.counters.producers;
}

Producer::~Producer() {
  context_.fan_out.remove(*this);
  --context_.counters.producers;
}

void Producer::on_packet(
    Timestamp now, std::size_t encoding, const PacketRef& packet, bool repaired, Outbox& outbox) {
  ProducerStream& stream = streams_[encoding];
  const rtp::PacketView& view = packet->media.view;
  if (paused_) {
    if (!repaired) {
      stream.on_ignored_packet(now, view, packet->bytes().size());
    }
    context_.counters.drops.count(DropReason::kPausedProducer);
    return;
  }
  const PayloadType& type = payload_types_[view.payload_type()];
  if (type.use != PayloadType::Use::kMedia) {
    context_.counters.drops.count(DropReason::kUnknownPayloadType);
    return;
  }
  const Timestamp due_before = stream.next_timeout();
  const auto accepted = stream.on_packet(now, context_.clock.at(now), packet, type, repaired);
  if (!accepted) {
    context_.counters.drops.count(accepted.error());
    return;
  }
  if (const Timestamp due = stream.next_timeout(); due < due_before) {
    port_.wake_at(due);
  }
  if (kind_ == rtp::MediaKind::kAudio) {
    if (const auto level = view.audio_level()) {
      levels_.on_level(now, source_, level->below_overload_db);
    }
  }
  if (accepted->reset) {
    pass_on(now, outbox);
    for (Consumer* consumer : consumers_) {
      consumer->on_source_reset(now);
    }
    for (const auto& pipe : pipes_) {
      pipe->on_restart();
    }
  }
  if (kind_ == rtp::MediaKind::kVideo && sheds(now, packet->media, accepted->newest, outbox)) {
    for (const auto& pipe : pipes_) {
      pipe->on_packets(std::span(&packet, 1));
    }
    return;
  }
  waiting_.push_back(packet);
  const bool rest_follows = kind_ == rtp::MediaKind::kVideo && accepted->newest && !repaired &&
                            !view.marker() && waiting_.size() < kMaxGathered;
  context_.fan_out.add(*this, consumers_.size(), rest_follows ? now + kGatherTime : now);
}

// In an overload, from the beginning of a frame to the beginning of one after it. Consumers go on
// with a key frame, and never see a gap in their numbers.
bool Producer::sheds(Timestamp now, const MediaPacket& packet, bool newest, Outbox& outbox) {
  if (!newest || packet.view.timestamp() == frame_) {
    return shedding_;
  }
  frame_ = packet.view.timestamp();
  if (shedding_ != context_.overload.now) {
    pass_on(now, outbox);
    shedding_ = context_.overload.now;
    for (Consumer* consumer : consumers_) {
      consumer->interrupt(now);
    }
  }
  context_.counters.frames_shed += shedding_ ? 1 : 0;
  return shedding_;
}

void Producer::pass_on(Timestamp now, Outbox& outbox) {
  context_.fan_out.remove(*this);
  if (kind_ == rtp::MediaKind::kVideo) {
    even_sizes(waiting_);
  }
  for (Consumer* consumer : consumers_) {
    consumer->on_packets(now, waiting_, outbox);
    outbox.relieve();
  }
  for (const auto& pipe : pipes_) {
    pipe->on_packets(waiting_);
  }
  waiting_.clear();
}

void Producer::on_sender_report(Timestamp now,
                                rtp::NtpTime ours,
                                std::size_t encoding,
                                const rtp::rtcp::SenderReport& report) {
  streams_[encoding].on_sender_report(now, ours, report);
  report_ = PipedReport{ours, report.ntp, report.rtp_timestamp};
  for (const auto& pipe : pipes_) {
    pipe->on_sender_report(*report_);
  }
}

PipeConsumer* Producer::piped(const Pipe& pipe) const {
  const auto found =
      std::ranges::find_if(pipes_, [&](const auto& each) { return &each->pipe() == &pipe; });
  return found == pipes_.end() ? nullptr : found->get();
}

void Producer::pipe_to(Timestamp now, RouterId router, Pipe& pipe) {
  if (piped(pipe) != nullptr) {
    return;
  }
  pipes_.push_back(std::make_unique<PipeConsumer>(
      router, id_, kind_, streams_.front(), pipe, context_.counters));
  pipes_.back()->begin(now, report_);
}

void Producer::stop_piping(const Pipe& pipe) {
  std::erase_if(pipes_, [&](const auto& each) { return &each->pipe() == &pipe; });
}

void Producer::on_piped_key_frame_request(Timestamp now, const Pipe& pipe) {
  if (PipeConsumer* const found = piped(pipe)) {
    found->on_key_frame_request(now);
    wake();
  }
}

void Producer::expect_restart() {
  for (ProducerStream& stream : streams_) {
    stream.expect_restart();
  }
}

bool Producer::set_paused(Timestamp now, bool paused, Outbox& outbox) {
  if (paused_ == paused) {
    return false;
  }
  pass_on(now, outbox);
  paused_ = paused;
  for (ProducerStream& stream : streams_) {
    stream.set_paused(paused);
  }
  for (Consumer* consumer : consumers_) {
    consumer->on_producer_paused(now, outbox);
  }
  return true;
}

void Producer::wake() {
  port_.wake_at(next_timeout());
}

Timestamp Producer::next_timeout() const {
  Timestamp next = kNever;
  for (const ProducerStream& stream : streams_) {
    next = std::min(next, stream.next_timeout());
  }
  return next;
}

void Producer::on_timeout(Timestamp now, FeedbackOut& out) {
  for (ProducerStream& stream : streams_) {
    stream.on_timeout(now, out);
  }
}

void Producer::add(Consumer& consumer) {
  consumers_.push_back(&consumer);
  if (consumers_.size() == 1) {
    port_.on_audience(true);
  }
}

void Producer::remove(Consumer& consumer) {
  std::erase(consumers_, &consumer);
  if (consumers_.empty()) {
    port_.on_audience(false);
  }
}

}  // namespace parlance::sfu
