#include "bench/load/full_subscriber.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/byte_writer.h"

namespace parlance::load {

namespace {

constexpr Nanoseconds kPatience =
    kSecond;  // with a missing packet, before a key frame is asked for
constexpr Nanoseconds kKeyFrameAgain = kSecond;
constexpr Nanoseconds kReports = 100 * kMillisecond;

}  // namespace

FullSubscriber::FullSubscriber(NiceContext& context, const DtlsContext& dtls)
    : link_(context, dtls, [this](std::span<std::uint8_t> datagram) { on_media(datagram); }) {}

void FullSubscriber::connect(const ReceiveTerms& terms, std::vector<ExpectedMedia> media) {
  reception_ = std::make_unique<Reception>(terms);
  for (std::size_t i = 0; i < terms.streams.size(); ++i) {
    Stream& stream = streams_.emplace_back();
    stream.terms = terms.streams[i];
    stream.media = media[i];
    if (stream.terms.kind == MediaKind::kVideo) {
      stream.picture = std::make_unique<PictureChecker>();
    } else {
      stream.sound = std::make_unique<SoundChecker>();
    }
  }
  link_.connect(terms.remote);
}

void FullSubscriber::on_media(std::span<std::uint8_t> datagram) {
  const Nanoseconds at = now_ns();
  if (is_rtcp(datagram)) {
    return on_rtcp(datagram, at);
  }
  const auto size = link_.srtp().unprotect_rtp(datagram);
  const auto header = read_rtp_header(datagram, reception_->transport_cc_id());
  if (!size || !header) {
    ++counters_.undecryptable;
    return;
  }
  if (header->transport_sequence) {
    reception_->on_transport_sequence(*header->transport_sequence, at);
  }
  const auto payload = without_padding(datagram.first(*size)).subspan(header->size);
  if (const auto repeated = reception_->retransmitted_stream_of(header->ssrc)) {
    return on_retransmission(streams_[*repeated], *header, payload, at);
  }
  const auto number = reception_->stream_of(header->ssrc);
  if (!number || payload.empty()) {
    return;
  }
  ++counters_.packets;
  reception_->on_packet(*number, header->sequence);
  Stream& stream = streams_[*number];
  if (stream.sound) {
    stream.sound->check(payload);
    return;
  }
  stream.frames.add(header->sequence, header->marker, payload, at);
  decode(stream, at);
}

void FullSubscriber::on_retransmission(Stream& stream,
                                       const RtpHeader& header,
                                       std::span<const std::uint8_t> payload,
                                       Nanoseconds at) {
  // RFC 4588, section 4: the original sequence number comes first.
  if (payload.size() <= 2 || !stream.picture) {
    return;
  }
  ++counters_.retransmitted;
  const auto sequence = static_cast<std::uint16_t>(payload[0] << 8U | payload[1]);
  stream.frames.add(sequence, header.marker, payload.subspan(2), at);
  decode(stream, at);
}

void FullSubscriber::decode(Stream& stream, Nanoseconds at) {
  while (const auto frame = stream.frames.next()) {
    counters_.key_frames += frame->key ? 1 : 0;
    const auto number = stream.picture->check(frame->bytes, stream.media.clip->frames.size());
    if (!number) {
      ask_for_key_frame(stream, at);
    } else if (const auto payload = stream.media.payloads->find(frame->first)) {
      counters_.picture_delay.add(now_ns() - stream.media.log->sent_at(*payload));
    }
  }
}

void FullSubscriber::on_rtcp(std::span<std::uint8_t> datagram, Nanoseconds at) {
  const auto size = link_.srtp().unprotect_rtcp(datagram);
  if (!size) {
    ++counters_.undecryptable;
    return;
  }
  Feedback feedback;
  read_rtcp(datagram.first(*size), feedback);
  for (const auto& report : feedback.sender_reports) {
    reception_->on_sender_report(report, at);
  }
}

void FullSubscriber::on_timer(Nanoseconds now) {
  link_.on_timer();
  if (!link_.connected()) {
    return;
  }
  for (Stream& stream : streams_) {
    if (stream.picture) {
      repair(stream, now);
    }
  }
  if (now >= next_reports_) {
    next_reports_ = now + kReports;
    reception_->on_timer(now, [this](std::span<const std::uint8_t> packet) { send_rtcp(packet); });
  }
}

void FullSubscriber::repair(Stream& stream, Nanoseconds now) {
  if (stream.frames.give_up(now, kPatience)) {
    ask_for_key_frame(stream, now);
  }
  std::vector<std::uint16_t> missing = stream.frames.take_missing(now);
  constexpr std::size_t kMost = 200;  // of one RTCP packet
  missing.resize(std::min(missing.size(), kMost));
  if (missing.empty()) {
    return;
  }
  counters_.asked_again += missing.size();
  std::array<std::uint8_t, kMaxRtcp> buffer{};
  ByteWriter out(buffer);
  write_nack(out, Reception::kOwnSsrc, stream.terms.ssrc, missing);
  send_rtcp(out.written());
}

void FullSubscriber::ask_for_key_frame(Stream& stream, Nanoseconds now) {
  if (now - stream.key_frame_asked_at < kKeyFrameAgain) {
    return;
  }
  stream.key_frame_asked_at = now;
  ++counters_.key_frames_asked;
  std::array<std::uint8_t, 16> buffer{};
  ByteWriter out(buffer);
  write_picture_loss(out, Reception::kOwnSsrc, stream.terms.ssrc);
  send_rtcp(out.written());
}

void FullSubscriber::send_rtcp(std::span<const std::uint8_t> packet) {
  std::array<std::uint8_t, kMaxRtcp + kSrtpOverhead> buffer{};
  std::ranges::copy(packet, buffer.begin());
  if (const auto size = link_.srtp().protect_rtcp(buffer, packet.size())) {
    link_.send(std::span(buffer).first(*size));
  }
}

PictureChecker::Counters FullSubscriber::pictures() const {
  PictureChecker::Counters all;
  for (const Stream& stream : streams_) {
    if (stream.picture) {
      all.decoded += stream.picture->counters().decoded;
      all.broken += stream.picture->counters().broken;
      all.unreadable += stream.picture->counters().unreadable;
      all.out_of_order += stream.picture->counters().out_of_order;
    }
  }
  return all;
}

SoundChecker::Counters FullSubscriber::sounds() const {
  SoundChecker::Counters all;
  for (const Stream& stream : streams_) {
    if (stream.sound) {
      all.decoded += stream.sound->counters().decoded;
      all.broken += stream.sound->counters().broken;
    }
  }
  return all;
}

std::uint64_t FullSubscriber::expected() const {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    all += reception_->gaps(i).totals().expected;
  }
  return all;
}

bool FullSubscriber::complete() const {
  return std::ranges::all_of(streams_, [](const Stream& stream) {
    return stream.picture ? stream.picture->counters().decoded > 0
                          : stream.sound->counters().decoded > 0;
  });
}

}  // namespace parlance::load
