// Who has the floor: dominant speaker identification after Volfovich and Cohen (2012).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "base/time.h"
#include "rtp/observer/audio_levels.h"

namespace parlance::rtp {

// Compares the speech activity of sources over an immediate (20 ms), a medium (100 ms) and a long
// (1 s) span, so that a cough does not take the floor and a pause for breath does not lose it.
// Pure: the owner calls on_timeout() when next_timeout() has come.
class DominantSpeaker {
 public:
  static constexpr Duration kInterval = std::chrono::milliseconds(300);

  void on_level(Timestamp now, AudioSource source, std::uint8_t below_overload_db);

  // The source is paused or gone. True where it was the dominant one: now there is none.
  bool remove(AudioSource source);

  // True where the dominant speaker changed.
  bool on_timeout(Timestamp now);

  // kNever while nobody sends.
  Timestamp next_timeout() const { return next_; }

  // Whoever spoke last keeps the floor while all are silent.
  std::optional<AudioSource> dominant() const { return dominant_; }

 private:
  static constexpr std::size_t kFrames = 50;  // of 20 ms: the long span
  static constexpr double kMaxFrameLoudness = 127;

  struct Activity {
    double immediate = 0;
    double medium = 0;
    double long_term = 0;
  };

  struct Speaker {
    std::array<std::uint8_t, kFrames> loudness{};  // a ring; 0 silence to 127
    std::size_t newest = 0;
    Timestamp newest_at{};
    double floor = kMaxFrameLoudness;  // the speaker's background noise; unknown at first
    Activity activity;
  };

  static void push(Speaker& speaker, std::uint8_t loudness);
  static Activity measure(const Speaker& speaker);
  std::optional<AudioSource> elect() const;

  std::unordered_map<AudioSource, Speaker> speakers_;
  std::optional<AudioSource> dominant_;
  Timestamp next_ = kNever;
};

}  // namespace parlance::rtp
