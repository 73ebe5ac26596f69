// A browser's camera and encoder: frames in packets, a retransmission store, key frames on request.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "base/time.h"
#include "tests/support/sfu/media_samples.h"

namespace parlance::test {

class VideoSource {
 public:
  using Emit = std::function<void(RtpSample)>;

  struct Setup {
    rtp::Ssrc ssrc = 0;
    std::uint16_t first_sequence = 1000;
    int packets_per_frame = 3;
    Duration frame_interval = std::chrono::milliseconds(40);
    // Browsers ignore requests for this long after a key frame.
    Duration deaf_after_key_frame = std::chrono::milliseconds(300);
    std::string mid = "v";
  };

  explicit VideoSource(Setup setup)
      : setup_(std::move(setup)), next_sequence_(setup_.first_sequence) {}

  const Setup& setup() const { return setup_; }

  void start(Timestamp now) { next_frame_ = now; }

  void stop() { next_frame_ = kNever; }

  Timestamp next_timeout() const { return next_frame_; }

  void on_timeout(Timestamp now, const Emit& emit);
  void on_key_frame_request(Timestamp now);
  void on_nack(std::uint16_t sequence, const Emit& emit);

  std::uint32_t frames() const { return frames_; }

  std::uint32_t key_frames() const { return key_frames_; }

  std::uint32_t requests() const { return requests_; }

  std::uint32_t retransmitted() const { return retransmitted_; }

  std::uint32_t packets() const { return packets_; }

  std::uint32_t timestamp_at(Timestamp now) const;

 private:
  Setup setup_;
  Timestamp next_frame_ = kNever;
  std::uint16_t next_sequence_;
  std::uint16_t next_rtx_sequence_ = 1;
  bool key_frame_wanted_ = true;
  Timestamp last_key_frame_{};
  std::uint32_t frames_ = 0;
  std::uint32_t key_frames_ = 0;
  std::uint32_t requests_ = 0;
  std::uint32_t retransmitted_ = 0;
  std::uint32_t packets_ = 0;
  std::map<std::uint16_t, RtpSample> history_;
};

}  // namespace parlance::test
