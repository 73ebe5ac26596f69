#include "tests/sim/world/video_sink.h"

#include <algorithm>

namespace parlance::test {

namespace {

constexpr Duration kPatience = std::chrono::milliseconds(200);

}  // namespace

void VideoSink::on_packet(Timestamp now,
                          std::uint16_t sequence,
                          bool repaired,
                          const rtp::PacketView& view,
                          std::span<const std::uint8_t> payload) {
  if (repaired && !tracker_.started()) {
    return;
  }
  const rtp::SequenceUpdate update = tracker_.update(sequence);
  if (update.verdict == rtp::SequenceVerdict::kBad) {
    return;
  }
  const bool stale = first_key_ && update.extended >= *first_key_ && update.extended < next_;
  if (pieces_.contains(update.extended) || stale) {
    ++duplicates_;
    return;
  }
  ++packets_;
  repaired_ += repaired ? 1 : 0;
  first_packet_at_ = std::min(first_packet_at_, now);
  lowest_ = std::min(lowest_.value_or(update.extended), update.extended);
  if (repaired) {
    statistics_.on_repaired();
  } else {
    statistics_.on_packet(now, update, view.timestamp());
  }
  Piece piece;
  piece.marker = view.marker();
  piece.timestamp = view.timestamp();
  if (payload.size() > 8) {
    piece.starts_frame = (payload[0] & 0x10U) != 0;
    piece.key = piece.starts_frame && (payload[1] & 1U) == 0;
    for (unsigned i = 0; i < 4; ++i) {
      piece.number |= static_cast<std::uint32_t>(payload[payload.size() - 4 + i]) << (8 * i);
    }
  }
  nacks_.on_packet(now, update.extended, piece.key);
  pieces_[update.extended] = piece;
  if (piece.key && (!first_key_ || update.extended < *first_key_) && frames_.empty()) {
    first_key_ = update.extended;
    next_ = update.extended;
  }
  decode(now);
}

void VideoSink::decode(Timestamp now) {
  if (!first_key_) {
    return;
  }
  for (auto piece = pieces_.find(next_); piece != pieces_.end(); piece = pieces_.find(next_)) {
    key_ = piece->second.starts_frame ? piece->second.key : key_;
    if (piece->second.marker) {
      frames_.push_back({now, piece->second.number, piece->second.timestamp, key_});
    }
    pieces_.erase(piece);
    ++next_;
  }
}

bool VideoSink::wants_key_frame(Timestamp now) {
  const bool overflowed = nacks_.take_key_frame_needed();
  const bool stuck = frames_.empty() && first_packet_at_ != kNever &&
                     now - first_packet_at_ >= kPatience && now - asked_key_frame_at_ >= kPatience;
  if (stuck || overflowed) {
    asked_key_frame_at_ = now;
  }
  return stuck || overflowed;
}

std::uint32_t VideoSink::before_first_key_frame() const {
  return first_key_ && lowest_ && *lowest_ < *first_key_
             ? static_cast<std::uint32_t>(*first_key_ - *lowest_)
             : 0;
}

Duration VideoSink::longest_gap(Timestamp from, Timestamp now) const {
  Timestamp last = from;
  Duration longest{0};
  for (const Frame& frame : frames_) {
    if (frame.at >= from) {
      longest = std::max(longest, frame.at - last);
      last = frame.at;
    }
  }
  return std::max(longest, now - last);
}

}  // namespace parlance::test
