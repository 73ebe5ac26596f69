#include "bench/load/full_subscriber.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/byte_writer.h"

namespace parlance::load {

namespace {

// With a missing packet, before a key frame is asked for.
constexpr Nanoseconds kPatience = kSecond;
constexpr Nanoseconds kKeyFrameAgain = kSecond;
constexpr Nanoseconds kReports = 100 * kMillisecond;

}  // namespace

FullSubscriber::FullSubscriber(std::unique_ptr<NiceLink> link,
                               const ReceiveTerms& terms,
                               std::vector<ExpectedMedia> media)
    : Subscriber(terms, std::move(media)), link_(std::move(link)) {
  for (std::size_t i = 0; i < terms.streams.size(); ++i) {
    Stream& stream = streams_.emplace_back();
    stream.ssrc = terms.streams[i].ssrc;
    stream.media = media_of(i);
    if (terms.streams[i].kind == MediaKind::kVideo) {
      stream.picture = std::make_unique<PictureChecker>();
    } else {
      stream.sound = std::make_unique<SoundChecker>();
    }
  }
  link_->connect(terms.remote, [this](std::span<std::uint8_t> datagram) { on_media(datagram); });
}

void FullSubscriber::on_media(std::span<std::uint8_t> datagram) {
  const Nanoseconds at = now_ns();
  const auto arrived = count(datagram, at);
  const auto payload = arrived ? decrypt(datagram, arrived->header) : std::nullopt;
  if (!payload || payload->empty()) {
    return;
  }
  Stream& stream = streams_[arrived->stream];
  if (stream.picture) {
    on_picture(stream, *arrived, *payload, at);
  } else if (!arrived->again) {
    stream.sound->check(*payload);
  }
}

void FullSubscriber::on_picture(Stream& stream,
                                const Arrived& arrived,
                                std::span<const std::uint8_t> payload,
                                Nanoseconds at) {
  const bool marker = arrived.header.marker;
  if (!arrived.again) {
    stream.frames.add(arrived.header.sequence, marker, payload, at);
  } else if (payload.size() > 2) {
    // RFC 4588, section 4: the original sequence number comes first.
    const auto sequence = static_cast<std::uint16_t>(payload[0] << 8U | payload[1]);
    stream.frames.add(sequence, marker, payload.subspan(2), at);
    ++retransmitted_;
  }
  decode(stream, at);
}

void FullSubscriber::decode(Stream& stream, Nanoseconds at) {
  while (const auto frame = stream.frames.next()) {
    const auto number = stream.picture->check(frame->bytes, stream.media.clip->frames.size());
    if (!number) {
      ask_for_key_frame(stream, at);
    } else if (const auto payload = stream.media.payloads->find(frame->first)) {
      picture_delay_.add(now_ns() - stream.media.log->sent_at(*payload));
    }
  }
}

void FullSubscriber::on_timer(Nanoseconds now) {
  link_->on_timer();
  if (link_->state() != Link::State::kConnected) {
    return;
  }
  for (Stream& stream : streams_) {
    if (stream.picture) {
      repair(stream, now);
    }
  }
  if (now >= next_report_) {
    next_report_ = now + kReports;
    report(now);
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
  asked_again_ += missing.size();
  std::array<std::uint8_t, kMaxRtcp> buffer{};
  ByteWriter out(buffer);
  write_nack(out, Reception::kOwnSsrc, stream.ssrc, missing);
  link_->send_rtcp(out.written());
}

void FullSubscriber::ask_for_key_frame(Stream& stream, Nanoseconds now) {
  if (now - stream.key_frame_asked_at < kKeyFrameAgain) {
    return;
  }
  stream.key_frame_asked_at = now;
  ++key_frames_asked_;
  std::array<std::uint8_t, 16> buffer{};
  ByteWriter out(buffer);
  write_picture_loss(out, Reception::kOwnSsrc, stream.ssrc);
  link_->send_rtcp(out.written());
}

bool FullSubscriber::served() const {
  return std::ranges::all_of(streams_, [](const Stream& stream) {
    return (stream.picture ? stream.picture->counters().decoded
                           : stream.sound->counters().decoded) > 0;
  });
}

void FullSubscriber::add_to(Measured& measured) const {
  Subscriber::add_to(measured);
  FullResult& full = measured.full;
  ++full.subscribers;
  for (const Stream& stream : streams_) {
    if (stream.picture) {
      const PictureChecker::Counters& pictures = stream.picture->counters();
      full.pictures += pictures.decoded;
      full.broken += pictures.broken;
      full.unreadable += pictures.unreadable;
      full.out_of_order += pictures.out_of_order;
    } else {
      full.sounds += stream.sound->counters().decoded;
      full.broken += stream.sound->counters().broken;
    }
  }
  full.asked_again += asked_again_;
  full.retransmitted += retransmitted_;
  full.key_frames_asked += key_frames_asked_;
  full.picture_delay.merge(picture_delay_);
}

}  // namespace parlance::load
