#include "bench/load/publisher.h"

#include <algorithm>
#include <utility>

#include "base/byte_writer.h"
#include "bench/load/rtcp.h"
#include "bench/load/rtp_header.h"

namespace parlance::load {

namespace {

// A browser gives no two key frames within this time.
constexpr Nanoseconds kKeyFrameInterval = 300 * kMillisecond;
constexpr Nanoseconds kReportInterval = kSecond;

// Seconds since 1900 in the upper half (RFC 3550, section 4).
std::uint64_t ntp_of(Nanoseconds unix_time) {
  constexpr std::uint64_t kUnixEpoch = 2'208'988'800;
  const auto seconds = static_cast<std::uint64_t>(unix_time / kSecond) + kUnixEpoch;
  const auto rest = static_cast<std::uint64_t>(unix_time % kSecond);
  return seconds << 32U | (rest << 32U) / static_cast<std::uint64_t>(kSecond);
}

// RFC 7741, section 4.2: with a picture id of 15 bits.
void write_vp8_descriptor(ByteWriter& out, bool start, std::uint16_t picture) {
  constexpr std::uint8_t kExtended = 0x80;
  constexpr std::uint8_t kStart = 0x10;
  constexpr std::uint8_t kHasPictureId = 0x80;
  constexpr std::uint16_t kLong = 0x8000;
  out.u8(start ? kExtended | kStart : kExtended);
  out.u8(kHasPictureId);
  out.u16(static_cast<std::uint16_t>(kLong | picture));
}

}  // namespace

Publisher::Publisher(const RemoteTerms& remote,
                     IceCredentials local,
                     const DtlsContext& dtls,
                     const std::vector<PublishedTrack>& tracks,
                     Nanoseconds phase)
    : link_(remote, std::move(local), dtls), phase_(phase) {
  for (const PublishedTrack& track : tracks) {
    Sending& sending = sending_.emplace_back();
    sending.published = track;
    sending.history.resize(kHistory);
    sending.sequence = static_cast<std::uint16_t>(track.track.ssrc * 31U & 0x7FFFU);
    sending.timestamp = track.track.ssrc * 7919U;
  }
}

Nanoseconds Publisher::next_due() const {
  Nanoseconds due = kNothingDue;
  for (const Sending& sending : sending_) {
    due = started_ ? std::min(due, sending.due) : due;
  }
  return due;
}

void Publisher::on_timer(Nanoseconds now) {
  link_.on_timer(now);
  if (link_.state() != Link::State::kConnected) {
    return;
  }
  if (!std::exchange(started_, true)) {
    for (Sending& sending : sending_) {
      sending.due = now + phase_ % sending.published.clip->interval;
    }
  }
  if (now >= next_report_) {
    next_report_ = now + kReportInterval;
    send_reports(now);
  }
}

void Publisher::send_due(Nanoseconds now) {
  for (Sending& sending : sending_) {
    while (sending.due <= now) {
      late_.add(now_ns() - sending.due);
      send_frame(sending);
      const bool video = sending.published.track.kind == MediaKind::kVideo;
      sending.due += sending.published.clip->interval / (video ? surge_ : 1);
    }
  }
}

void Publisher::send_frame(Sending& sending) {
  const Clip& clip = *sending.published.clip;
  const Nanoseconds now = now_ns();
  if (sending.key_frame_asked && now - sending.key_frame_at >= kKeyFrameInterval) {
    sending.frame = 0;
  }
  if (sending.frame == 0) {
    sending.key_frame_asked = false;
    sending.key_frame_at = now;
  }
  const ClipFrame& frame = clip.frames[sending.frame];
  for (std::size_t i = 0; i < frame.count; ++i) {
    send_packet(sending, frame, i);
  }
  sending.frame = (sending.frame + 1) % clip.frames.size();
  sending.timestamp += clip.timestamp_step;
  sending.picture = static_cast<std::uint16_t>((sending.picture + 1U) & 0x7FFFU);
}

void Publisher::send_packet(Sending& sending, const ClipFrame& frame, std::size_t index) {
  const Track& track = sending.published.track;
  const auto& payload = sending.published.clip->payloads[frame.first + index];
  const bool video = track.kind == MediaKind::kVideo;
  const bool marker = video && index + 1 == frame.count;
  ByteWriter out{std::span(buffer_).first(buffer_.size() - kSrtpOverhead)};
  const bool extended = track.transport_cc_id != 0;
  out.u8(extended ? 0x90 : 0x80);
  out.u8(static_cast<std::uint8_t>((marker ? 0x80U : 0U) | track.payload_type));
  out.u16(sending.sequence++);
  out.u32(sending.timestamp);
  out.u32(track.ssrc);
  if (extended) {
    out.u16(0xBEDE);  // RFC 8285, section 4.2
    out.u16(1);
    out.u8(static_cast<std::uint8_t>(unsigned{track.transport_cc_id} << 4U | 1U));
    out.u16(transport_sequence_++);
    out.zeros(1);
  }
  if (video) {
    write_vp8_descriptor(out, index == 0, sending.picture);
  }
  out.bytes(payload);
  const auto size = link_.srtp().protect_rtp(buffer_, out.size());
  sending.published.log->note(frame.first + index, now_ns());
  if (size) {
    auto& kept = sending.history[static_cast<std::uint16_t>(sending.sequence - 1) % kHistory];
    kept.assign(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(*size));
  }
  if (!size || !link_.send(std::span(buffer_).first(*size))) {
    ++refused_;
  }
  ++sending.packets;
  sending.bytes += static_cast<std::uint32_t>(payload.size());
}

void Publisher::send_reports(Nanoseconds now) {
  for (const Sending& sending : sending_) {
    if (sending.packets == 0) {
      continue;
    }
    std::array<std::uint8_t, kMaxRtcp> buffer{};
    ByteWriter out(buffer);
    write_sender_report(out,
                        {.ssrc = sending.published.track.ssrc,
                         .ntp = ntp_of(now),
                         .timestamp = sending.timestamp,
                         .packets = sending.packets,
                         .bytes = sending.bytes});
    link_.send_rtcp(out.written());
  }
}

void Publisher::on_media(std::span<std::uint8_t> datagram, Nanoseconds) {
  const auto feedback = is_rtcp(datagram) ? link_.receive_rtcp(datagram) : std::nullopt;
  if (!feedback) {
    return;
  }
  for (const std::uint32_t ssrc : feedback->key_frames) {
    if (Sending* const sending = sending_of(ssrc)) {
      sending->key_frame_asked = true;
      ++key_frames_asked_;
    }
  }
  for (const auto& missing : feedback->missing) {
    if (Sending* const sending = sending_of(missing.ssrc)) {
      send_again(*sending, missing.sequence);
    }
  }
}

Publisher::Sending* Publisher::sending_of(std::uint32_t ssrc) {
  const auto at = std::ranges::find(
      sending_, ssrc, [](const Sending& sending) { return sending.published.track.ssrc; });
  return at == sending_.end() ? nullptr : &*at;
}

// The same datagram: it never arrived, so it is no replay.
void Publisher::send_again(Sending& sending, std::uint16_t sequence) {
  const auto& kept = sending.history[sequence % kHistory];
  if (const auto header = read_rtp_header(kept, 0); header && header->sequence == sequence) {
    link_.send(kept);
    ++sent_again_;
  }
}

void Publisher::add_to(Measured& measured) const {
  measured.late.merge(late_);
  measured.refused_sends += refused_;
  measured.key_frames_asked += key_frames_asked_;
  measured.sent_again += sent_again_;
}

}  // namespace parlance::load
