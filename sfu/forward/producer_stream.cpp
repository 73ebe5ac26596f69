#include "sfu/forward/producer_stream.h"

#include <algorithm>

namespace parlance::sfu {

namespace {

// Q32.32 seconds.
std::int64_t to_q32(Duration duration) {
  constexpr std::int64_t kMicros = 1'000'000;
  const std::int64_t us = duration.count();
  const std::int64_t whole = us / kMicros;
  const std::int64_t rest = us % kMicros;
  return whole * (std::int64_t{1} << 32U) + rest * (std::int64_t{1} << 32U) / kMicros;
}

}  // namespace

ProducerStream::ProducerStream(const Setup& setup, PacketPool& pool, ShardCounters& counters)
    : setup_(setup),
      pool_(pool),
      counters_(counters),
      statistics_(setup.clock_rate),
      ring_(setup.kind == rtp::MediaKind::kVideo ? rtp::kRetransmissionMaxAgeVideo
                                                 : rtp::kRetransmissionMaxAgeAudio),
      clock_(setup.clock_rate) {}

std::expected<ProducerStream::Accepted, DropReason> ProducerStream::on_packet(
    Timestamp now,
    rtp::NtpTime ours,
    const PacketRef& packet,
    const PayloadType& type,
    bool repaired) {
  MediaPacket& media = packet->media;
  const rtp::PacketView& view = media.view;
  if (repaired) {
    ++retransmitted_;
    if (!sequences_.started()) {
      ++rtx_discarded_;
      return std::unexpected(DropReason::kStaleRtp);
    }
    // Senders probe the bandwidth with packets that nobody missed.
    const rtp::ExtendedSequence sequence = sequences_.extend(view.sequence());
    if (sequence <= sequences_.newest() && ring_.find(now, sequence) != nullptr) {
      ++rtx_discarded_;
      return std::unexpected(DropReason::kDuplicateRtp);
    }
  }
  const rtp::SequenceUpdate update = sequences_.update(view.sequence());
  if (update.verdict == rtp::SequenceVerdict::kBad) {
    ++discarded_;
    return std::unexpected(DropReason::kStaleRtp);
  }
  if (update.verdict == rtp::SequenceVerdict::kReset) {
    forget_history();
    clock_ = rtp::SenderClock(setup_.clock_rate);
  }
  if (update.verdict == rtp::SequenceVerdict::kLate &&
      ring_.find(now, update.extended) != nullptr) {
    ++discarded_;
    return std::unexpected(DropReason::kDuplicateRtp);
  }
  rate_.add(now, packet->bytes().size());
  if (repaired) {
    statistics_.on_repaired();
  } else {
    statistics_.on_packet(now, update, view.timestamp());
  }
  if (update.verdict != rtp::SequenceVerdict::kLate) {
    clock_.on_packet(ours, view.timestamp());
  }
  describe(now, media, update.extended, type);
  if (setup_.asks_again && nacks_.on_packet(now, update.extended, media.info.starts_key_frame)) {
    ++repaired_;
    ++counters_.packets_repaired;
  }
  store(now, packet);
  return Accepted{.reset = update.verdict == rtp::SequenceVerdict::kReset,
                  .newest = update.verdict != rtp::SequenceVerdict::kLate};
}

void ProducerStream::forget_history() {
  nacks_.reset();
  ring_.clear();
  key_frame_.reset();
}

void ProducerStream::describe(Timestamp now,
                              MediaPacket& media,
                              rtp::ExtendedSequence sequence,
                              const PayloadType& type) {
  media.sequence = sequence;
  media.accepted_at = now;
  media.payload_type = type.router_number;
  media.info = rtp::describe_payload(type.codec, media.view);
  media.capture_clock_offset.reset();
  media.padding = 0;
  if (media.view.has(rtp::ExtensionKind::kAbsCaptureTime)) {
    // The field is the capturer's clock minus the sender's; from here on we are the sender.
    if (const auto ahead = clock_.offset()) {
      media.capture_clock_offset = to_q32(-*ahead);
    }
  }
  if (media.info.starts_key_frame && (!key_frame_ || sequence > key_frame_->first)) {
    key_frame_ = StoredKeyFrame{sequence, now};
  }
}

void ProducerStream::store(Timestamp now, const PacketRef& packet) {
  if (setup_.kind != rtp::MediaKind::kVideo) {
    return;  // nobody may ask for audio again: no rtx is offered for it
  }
  ring_.insert(now, packet->media.sequence, packet);
  if (pool_.scarce()) {
    for (int i = 0; i < kScarceRelease && ring_.size() > 1; ++i) {
      ring_.expire(ring_.next_timeout());
    }
  }
}

void ProducerStream::on_ignored_packet(Timestamp now,
                                       const rtp::PacketView& view,
                                       std::size_t size) {
  const rtp::SequenceUpdate update = sequences_.update(view.sequence());
  if (update.verdict != rtp::SequenceVerdict::kBad) {
    rate_.add(now, size);
    statistics_.on_packet(now, update, view.timestamp());
  }
}

void ProducerStream::on_sender_report(Timestamp now,
                                      rtp::NtpTime ours,
                                      const rtp::rtcp::SenderReport& report) {
  statistics_.on_sender_report(now, report.ntp);
  clock_.on_sender_report(ours, report.ntp, report.rtp_timestamp);
}

void ProducerStream::on_round_trip(Duration round_trip) {
  round_trip_ = round_trip;
  nacks_.set_rtt(round_trip);
}

void ProducerStream::set_paused(bool paused) {
  paused_ = paused;
  forget_history();
}

Timestamp ProducerStream::next_timeout() const {
  if (paused_ || !setup_.ssrc) {
    return kNever;
  }
  return std::min(nacks_.next_timeout(), key_frames_.next_timeout());
}

void ProducerStream::on_timeout(Timestamp now, FeedbackOut& out) {
  if (paused_ || !setup_.ssrc) {
    return;
  }
  if (nacks_.next_timeout() <= now) {
    asking_.clear();
    nacks_.on_timeout(now, asking_);
    if (!asking_.empty()) {
      out.ask_packets(*setup_.ssrc, asking_);
      ++nack_messages_;
      packets_asked_ += asking_.size();
      counters_.packets_asked_again += asking_.size();
    }
  }
  const bool overflowed = nacks_.take_key_frame_needed();
  const bool wished = key_frames_.next_timeout() <= now && key_frames_.on_timeout(now);
  if (overflowed || wished) {
    if (setup_.by_fir) {
      ++firs_;
      out.ask_key_frame_by_fir(*setup_.ssrc, fir_sequence_++);
    } else {
      ++plis_;
      out.ask_key_frame_by_pli(*setup_.ssrc);
    }
  }
}

std::optional<rtp::rtcp::ReportBlock> ProducerStream::make_report(Timestamp now) {
  ring_.expire(now);
  const auto report = setup_.ssrc ? statistics_.make_report(now, *setup_.ssrc) : std::nullopt;
  if (report) {
    score_.on_fraction_lost(report->fraction_lost);
  }
  return report;
}

std::optional<StoredKeyFrame> ProducerStream::replayable_key_frame(Timestamp now) const {
  if (!key_frame_ || now - key_frame_->arrived > kKeyFrameReplayAge ||
      newest() - key_frame_->first > kKeyFrameReplayPackets ||
      ring_.find(now, key_frame_->first) == nullptr) {
    return std::nullopt;
  }
  return key_frame_;
}

ProducerStream::Totals ProducerStream::totals(Timestamp now) const {
  return {
      .packets = rate_.total_packets(),
      .bytes = rate_.total_bytes(),
      .bitrate_bps = static_cast<std::int64_t>(rate_.bits_per_second(now)),
      .lost = statistics_.lost(),
      .fraction_lost = statistics_.fraction_lost(),
      .jitter = statistics_.jitter(),
      .discarded = discarded_,
      .retransmitted = retransmitted_,
      .repaired = repaired_,
      .rtx_discarded = rtx_discarded_,
      .nacks = nack_messages_,
      .packets_asked = packets_asked_,
      .plis = plis_,
      .firs = firs_,
      .score = score_.value(),
      .round_trip = round_trip_,
  };
}

}  // namespace parlance::sfu
