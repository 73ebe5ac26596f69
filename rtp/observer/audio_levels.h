// Who is audible in a call: the mean level of each source over an interval.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/time.h"

namespace parlance::rtp {

// A producer as its owner names it.
using AudioSource = std::uint64_t;

struct SourceLevel {
  AudioSource source = 0;
  std::int8_t dbov = -127;  // -127 silence, 0 loudest

  bool operator==(const SourceLevel&) const = default;
};

// Pure: the owner calls on_timeout() when next_timeout() has come.
class AudioLevelObserver {
 public:
  struct Options {
    Duration interval = std::chrono::milliseconds(1000);
    std::int8_t threshold_dbov = -80;
    std::size_t max_entries = 16;
  };

  AudioLevelObserver() = default;

  explicit AudioLevelObserver(Options options) : options_(options) {}

  // `below_overload_db` as the audio-level extension has it, 0 to 127.
  void on_level(Timestamp now, AudioSource source, std::uint8_t below_overload_db);

  // The source is paused or gone.
  void remove(AudioSource source) { sums_.erase(source); }

  // Those above the threshold, loudest first; starts the next interval. Sources with fewer than
  // kMinSamples are left out.
  std::vector<SourceLevel> on_timeout(Timestamp now);

  // kNever while nobody sends.
  Timestamp next_timeout() const { return next_; }

 private:
  static constexpr std::uint32_t kMinSamples = 10;

  struct Sum {
    std::uint32_t below_overload_db = 0;
    std::uint32_t samples = 0;
  };

  Options options_;
  std::unordered_map<AudioSource, Sum> sums_;
  Timestamp next_ = kNever;
};

}  // namespace parlance::rtp
