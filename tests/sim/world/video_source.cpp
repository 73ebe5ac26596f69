#include "tests/sim/world/video_source.h"

namespace parlance::test {

std::uint32_t VideoSource::timestamp_at(Timestamp now) const {
  return static_cast<std::uint32_t>(now.time_since_epoch().count() * 9 / 100);  // 90 kHz
}

void VideoSource::on_timeout(Timestamp now, const Emit& emit) {
  if (now < next_frame_) {
    return;
  }
  next_frame_ += setup_.frame_interval;
  const bool key = key_frame_wanted_;
  if (key) {
    key_frame_wanted_ = false;
    last_key_frame_ = now;
    ++key_frames_;
  }
  ++frames_;
  for (int i = 0; i < setup_.packets_per_frame; ++i) {
    RtpSample sample;
    sample.payload_type = kVideoType;
    sample.ssrc = setup_.ssrc;
    sample.sequence = next_sequence_++;
    sample.timestamp = timestamp_at(now);
    sample.marker = i + 1 == setup_.packets_per_frame;
    sample.mid = setup_.mid;
    sample.payload = vp8_payload(i == 0, key, 400);
    for (unsigned shift = 0; shift < 32; shift += 8) {
      sample.payload.push_back(static_cast<std::uint8_t>(frames_ >> shift));
    }
    history_[sample.sequence] = sample;
    history_.erase(static_cast<std::uint16_t>(sample.sequence - 2000));
    ++packets_;
    emit(sample);
  }
}

void VideoSource::on_key_frame_request(Timestamp now) {
  ++requests_;
  if (key_frames_ == 0 || now - last_key_frame_ >= setup_.deaf_after_key_frame) {
    key_frame_wanted_ = true;
  }
}

void VideoSource::on_nack(std::uint16_t sequence, const Emit& emit) {
  const auto found = history_.find(sequence);
  if (found == history_.end()) {
    return;
  }
  RtpSample sample = found->second;
  sample.payload_type = kVideoRtxType;
  sample.ssrc = setup_.ssrc + 1;
  sample.sequence = next_rtx_sequence_++;
  sample.payload.insert(
      sample.payload.begin(),
      {static_cast<std::uint8_t>(sequence >> 8U), static_cast<std::uint8_t>(sequence & 0xFFU)});
  ++retransmitted_;
  emit(sample);
}

}  // namespace parlance::test
