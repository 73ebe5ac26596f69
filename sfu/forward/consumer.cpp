#include "sfu/forward/consumer.h"

#include <algorithm>

#include "base/check.h"
#include "sfu/forward/payload_types.h"
#include "sfu/forward/producer.h"

namespace parlance::sfu {

namespace {

// What protecting may add; kept free behind every packet written.
constexpr std::size_t kTrailerRoom = 32;

// A stream silent for this long sends no reports (mediasoup's value).
constexpr Duration kReportSilence = std::chrono::seconds(2);

// For options that Consumer::accepts.
rtp::Ssrc media_ssrc(const rtp::RtpParameters& parameters) {
  const std::optional<rtp::Ssrc> ssrc = parameters.encodings.front().ssrc;
  CHECK(ssrc);
  return *ssrc;
}

const rtp::RtpCodecParameters* rtx_codec(const rtp::RtpParameters& parameters) {
  const std::uint8_t media = parameters.codecs.front().payload_type;
  const auto found = std::ranges::find_if(parameters.codecs, [media](const auto& codec) {
    return associated_payload_type(codec) == media;
  });
  return found == parameters.codecs.end() ? nullptr : &*found;
}

bool is_asked_again(const rtp::RtpCodecParameters& codec) {
  return std::ranges::find(codec.rtcp_feedback, rtp::RtcpFeedback{"nack", ""}) !=
         codec.rtcp_feedback.end();
}

}  // namespace

bool Consumer::accepts(const ConsumerOptions& options) {
  const rtp::RtpParameters& parameters = options.parameters;
  return !parameters.codecs.empty() && parameters.encodings.size() == 1 &&
         parameters.encodings.front().ssrc.has_value() &&
         !associated_payload_type(parameters.codecs.front()).has_value();
}

Consumer::Consumer(const ConsumerOptions& options,
                   Producer& producer,
                   SubscriberPort& out,
                   ShardCounters& counters,
                   Numbers numbers)
    : id_(options.id),
      producer_(producer),
      out_(out),
      counters_(counters),
      cname_(options.parameters.rtcp.cname),
      media_(options.parameters.codecs.front().payload_type,
             media_ssrc(options.parameters),
             options.parameters.mid,
             options.parameters.header_extensions),
      paused_(options.paused),
      sequences_(numbers.first_sequence),
      timestamps_(options.parameters.codecs.front().clock_rate),
      next_rtx_sequence_(numbers.first_rtx_sequence) {
  const auto rtx_ssrc = options.parameters.encodings.front().rtx_ssrc;
  const rtp::RtpCodecParameters* codec = rtx_codec(options.parameters);
  if (rtx_ssrc && codec != nullptr) {
    rtx_ssrc_ = rtx_ssrc;
    rtx_ = rtp::HeaderTemplate(codec->payload_type,
                               *rtx_ssrc,
                               options.parameters.mid,
                               options.parameters.header_extensions);
  }
  resends_unchanged_ = !rtx_ssrc_ && is_asked_again(options.parameters.codecs.front());
  producer_.add(*this);
  ++counters_.consumers;
}

Consumer::~Consumer() {
  wish_.close(source().key_frames());
  producer_.remove(*this);
  --counters_.consumers;
}

ProducerStream& Consumer::source() const {
  return producer_.stream(0);
}

void Consumer::on_packets(Timestamp now, std::span<const PacketRef> packets, Outbox& outbox) {
  if (!active_) {
    return;
  }
  for (const PacketRef& packet : packets) {
    if (!waiting_) {
      send(now, packet->media, outbox);
    } else if (begin_with(now, packet->media, outbox)) {
      return;
    }
  }
}

// True where all that was stored has been sent, and so the rest of these packets.
bool Consumer::begin_with(Timestamp now, const MediaPacket& packet, Outbox& outbox) {
  if (packet.payload_type != media_.payload_type()) {
    sequences_.skip(packet.sequence);
    return false;
  }
  if (!rtp::needs_key_frame(producer_.payload_types().primary().codec)) {
    waiting_ = false;
    sequences_.start_run(packet.sequence);
    send(now, packet, outbox);
    return false;
  }
  // Its first packet may come after others of the frame: these are stored by now.
  return packet.info.starts_key_frame && send_stored_from(now, packet.sequence, outbox);
}

void Consumer::on_source_reset(Timestamp now) {
  source_new_ = true;
  interrupt(now);
}

void Consumer::interrupt(Timestamp now) {
  waiting_ = true;
  if (active_) {
    wish_key_frame(now);
  }
}

void Consumer::set_paused(Timestamp now, bool paused, Outbox& outbox) {
  paused_ = paused;
  update_active(now, outbox);
}

void Consumer::set_writable(Timestamp now, bool writable, Outbox& outbox) {
  writable_ = writable;
  update_active(now, outbox);
}

void Consumer::update_active(Timestamp now, Outbox& outbox) {
  const bool active = writable_ && !paused_ && !producer_.paused();
  if (active == active_) {
    return;
  }
  if (active) {
    // It would begin with stored packets and get them again.
    producer_.pass_on(now, outbox);
  }
  active_ = active;
  waiting_ = true;
  if (active_) {
    out_.hasten_report(now);
    begin(now, outbox);
  } else {
    wish_.close(source().key_frames());
  }
}

void Consumer::begin(Timestamp now, Outbox& outbox) {
  const auto key_frame = source().replayable_key_frame(now);
  if (key_frame && send_stored_from(now, key_frame->first, outbox)) {
    ++counters_.key_frames_replayed;
    return;
  }
  wish_key_frame(now);
}

void Consumer::wish_key_frame(Timestamp now) {
  if (rtp::needs_key_frame(producer_.payload_types().primary().codec)) {
    wish_.open(now, source().key_frames());
    producer_.wake();
  }
}

bool Consumer::send_stored_from(Timestamp now, rtp::ExtendedSequence first, Outbox& outbox) {
  // What the subscriber has got already would come again under new numbers, its timestamps running
  // backwards: after a short pause the newest key frame may be the one from before.
  const bool repeats = newest_sent_ && *newest_sent_ >= first;
  const ProducerStream& stream = source();
  if (repeats || stream.stored(now, first) == nullptr) {
    return false;
  }
  waiting_ = false;
  sequences_.start_run(first);
  for (rtp::ExtendedSequence at = first; at <= stream.newest(); ++at) {
    if (const PacketRef* stored = stream.stored(now, at)) {
      send(now, (*stored)->media, outbox);
    }
  }
  return true;
}

void Consumer::send(Timestamp now, const MediaPacket& packet, Outbox& outbox) {
  if (packet.payload_type != media_.payload_type()) {
    sequences_.skip(packet.sequence);
    return;
  }
  const auto sequence = sequences_.map(packet.sequence);
  if (!sequence) {
    return;
  }
  const SubscriberPort::Room room = out_.reserve(outbox);
  if (room.bytes.empty()) {
    return;
  }
  if (!sent_numbers_.take(*sequence)) {
    counters_.drops.count(DropReason::kDuplicateRtp);
    return;
  }
  if (source_new_) {
    source_new_ = false;
    timestamps_.switch_source(now, packet.view.timestamp());
  }
  const rtp::OutgoingFields fields{
      .sequence = *sequence,
      .timestamp = timestamps_.map(packet.view.timestamp()),
      .marker = packet.view.marker(),
      .transport_sequence = room.transport_sequence,
      .abs_send_time = rtp::abs_send_time_of(now),
      .capture_clock_offset = packet.capture_clock_offset,
      .padding = packet.padding,
  };
  const std::size_t size =
      media_.write(room.bytes.first(room.bytes.size() - kTrailerRoom), packet.view, fields);
  if (size == 0) {
    counters_.drops.count(DropReason::kTooLarge);
    return;
  }
  const bool has_sequence = media_.sends(rtp::ExtensionKind::kTransportSequence);
  if (!out_.send_rtp(now, {size, has_sequence}, outbox)) {
    return;
  }
  if (resends_unchanged_) {
    sent_headers_.remember(packet, fields);
  }
  timestamps_.on_sent(now, fields.timestamp);
  newest_sent_ = std::max(newest_sent_.value_or(packet.sequence), packet.sequence);
  rate_.add(now, size);
  last_sent_ = now;
  ++media_packets_;
  media_octets_ += packet.view.payload().size();
  ++counters_.rtp_forwarded;
  if (packet.info.starts_key_frame) {
    wish_.close(source().key_frames());
  }
}

void Consumer::on_key_frame_request(Timestamp now) {
  if (active_) {
    wish_key_frame(now);
  }
}

void Consumer::on_pli(Timestamp now) {
  ++plis_;
  on_key_frame_request(now);
}

void Consumer::on_fir(Timestamp now, std::uint8_t request) {
  // RFC 5104 section 4.3.1.1: the same number is the same request, repeated.
  if (last_fir_ == request) {
    return;
  }
  last_fir_ = request;
  ++firs_;
  on_key_frame_request(now);
}

void Consumer::on_nack(Timestamp now, const rtp::rtcp::Nack& nack, Outbox& outbox) {
  ++nacks_;
  resend_budget_.earn(media_packets_);
  nack.for_each_while([&](std::uint16_t sequence) {
    if (!resend_budget_.take()) {
      ++counters_.nacks_cut_short;
      return false;
    }
    ++packets_asked_;
    send_again(now, sequence, outbox);
    return true;
  });
}

void Consumer::send_again(Timestamp now, std::uint16_t sequence, Outbox& outbox) {
  if (!active_ || !(rtx_ssrc_ || resends_unchanged_)) {
    return;
  }
  const auto input = sequences_.find(sequence);
  const PacketRef* stored = input ? source().stored(now, input->sequence) : nullptr;
  if (stored == nullptr || on_its_way(now, (*stored)->media) ||
      !resend_guard_.allow(now, sequence, round_trip_.value_or(kDefaultRoundTrip))) {
    return;
  }
  const MediaPacket& packet = (*stored)->media;
  if (rtx_ssrc_ ? send_by_rtx(now, sequence, packet, outbox)
                : send_unchanged(now, sequence, packet, outbox)) {
    ++retransmitted_;
    ++counters_.rtp_retransmitted;
  }
}

bool Consumer::send_by_rtx(Timestamp now,
                           std::uint16_t sequence,
                           const MediaPacket& packet,
                           Outbox& outbox) {
  const SubscriberPort::Room room = out_.reserve(outbox);
  if (room.bytes.empty()) {
    return false;
  }
  const rtp::OutgoingFields fields{
      .sequence = next_rtx_sequence_,
      .timestamp = timestamps_.map(packet.view.timestamp()),
      .marker = packet.view.marker(),
      .transport_sequence = room.transport_sequence,
      .abs_send_time = rtp::abs_send_time_of(now),
      .capture_clock_offset = packet.capture_clock_offset,
      .padding = 0,
  };
  const std::size_t size = rtx_.write_rtx(
      room.bytes.first(room.bytes.size() - kTrailerRoom), packet.view, fields, sequence);
  const bool has_sequence = rtx_.sends(rtp::ExtensionKind::kTransportSequence);
  if (size == 0 || !out_.send_rtp(now, {size, has_sequence, true}, outbox)) {
    return false;
  }
  ++next_rtx_sequence_;
  rate_.add(now, size);
  return true;
}

bool Consumer::send_unchanged(Timestamp now,
                              std::uint16_t sequence,
                              const MediaPacket& packet,
                              Outbox& outbox) {
  const rtp::OutgoingFields* fields = sent_headers_.find(sequence, packet);
  if (fields == nullptr) {
    return false;
  }
  const SubscriberPort::Room room = out_.reserve(outbox);
  if (room.bytes.empty()) {
    return false;
  }
  const std::size_t size =
      media_.write(room.bytes.first(room.bytes.size() - kTrailerRoom), packet.view, *fields);
  // It carries its old transport-cc number: the one that was offered stays free.
  if (size == 0 || !out_.send_rtp(now, {size, false, true}, outbox)) {
    return false;
  }
  rate_.add(now, size);
  return true;
}

// A packet that the publisher had to repair was missed by the subscriber too, who asked before it
// came: its request crosses the packet. Half a round trip leaves room for a measured one that is
// too long.
bool Consumer::on_its_way(Timestamp now, const MediaPacket& packet) const {
  return round_trip_ && now - packet.accepted_at < *round_trip_ / 2;
}

void Consumer::on_report_block(rtp::NtpTime ours, const rtp::rtcp::ReportBlock& block) {
  last_report_ = block;
  score_.on_fraction_lost(block.fraction_lost);
  if (const auto round_trip = rtp::round_trip(ours, block.last_sr, block.delay_since_last_sr)) {
    round_trip_ = round_trip;
  }
}

std::optional<rtp::rtcp::SenderReport> Consumer::make_sender_report(Timestamp now) const {
  if (media_packets_ == 0 || now - last_sent_ > kReportSilence) {
    return std::nullopt;
  }
  const rtp::NtpTime ours = producer_.clock().at(now);
  const auto rtp_now = source().clock().rtp_at(ours);
  if (!rtp_now) {
    return std::nullopt;
  }
  rtp::rtcp::SenderReport report;
  report.sender = media_.ssrc();
  report.ntp = ours;
  report.rtp_timestamp = timestamps_.map(*rtp_now);
  report.packet_count = static_cast<std::uint32_t>(media_packets_);
  report.octet_count = static_cast<std::uint32_t>(media_octets_);
  return report;
}

Consumer::Totals Consumer::totals(Timestamp now) const {
  return {
      .packets = rate_.total_packets(),
      .bytes = rate_.total_bytes(),
      .bitrate_bps = static_cast<std::int64_t>(rate_.bits_per_second(now)),
      .lost = last_report_.cumulative_lost,
      .fraction_lost = last_report_.fraction_lost,
      .jitter = last_report_.jitter,
      .retransmitted = retransmitted_,
      .nacks = nacks_,
      .packets_asked = packets_asked_,
      .plis = plis_,
      .firs = firs_,
      .score = score_.value(),
      .round_trip = round_trip_,
  };
}

}  // namespace parlance::sfu
