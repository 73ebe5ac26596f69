// Encoded media as it is sent again and again: frames, cut into the payloads of packets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "bench/load/clock.h"
#include "bench/load/picture.h"

namespace parlance::load {

enum class MediaKind : std::uint8_t { kAudio, kVideo };

struct ClipFrame {
  std::size_t first = 0;  // of Clip::payloads
  std::size_t count = 0;
};

// Starts with a frame that needs no other.
struct Clip {
  MediaKind kind = MediaKind::kVideo;
  std::vector<ClipFrame> frames;
  std::vector<std::vector<std::uint8_t>> payloads;  // without the codec's payload descriptor
  Nanoseconds interval = 0;                         // between frames
  std::uint32_t timestamp_step = 0;
};

// Finds a payload again by its end, which no server changes: a codec's descriptor at the beginning
// may be rewritten on the way.
class PayloadIndex {
 public:
  explicit PayloadIndex(const Clip& clip);

  // Which of the clip's payloads ends like this packet's; nothing when none or several do.
  std::optional<std::size_t> find(std::span<const std::uint8_t> payload) const;

 private:
  std::unordered_map<std::uint64_t, std::size_t> by_end_;
};

// Cuts a frame into `count` parts that differ by one byte at most, as libwebrtc does.
void append_frame(Clip& clip, std::span<const std::uint8_t> frame);

struct VideoSettings {
  Size size{1280, 720};
  unsigned fps = 30;
  unsigned bits_per_second = 1'500'000;
  unsigned frames = 300;
};

// VP8 by libvpx; frame n has the number n drawn into it.
Clip encode_vp8(const VideoSettings& settings);

// Opus by libopus, stereo, 20 ms a packet.
Clip encode_opus(unsigned bits_per_second, unsigned frames);

}  // namespace parlance::load
