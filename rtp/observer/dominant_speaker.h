// Who has the floor: dominant speaker identification after Volfovich and Cohen (2012).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "base/time.h"
#include "rtp/observer/audio_levels.h"

namespace parlance::rtp {

// Compares the speech activity of sources over immediate, medium and long windows, so that a cough
// does not take the floor and a pause for breath does not lose it. Pure: the owner calls
// on_timeout() when next_timeout() has come.
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

  std::optional<AudioSource> dominant() const { return dominant_; }

 private:
  static constexpr std::size_t kImmediates = 50;  // sub-bands of 20 ms
  static constexpr std::size_t kMediums = 10;
  static constexpr std::size_t kLongs = 1;

  struct Speaker {
    std::array<std::uint8_t, kImmediates> levels{};  // newest first, 0 silence to 127
    std::array<std::uint8_t, kMediums> mediums{};
    std::array<std::uint8_t, kLongs> longs{};
    double immediate_score = 0;
    double medium_score = 0;
    double long_score = 0;
    std::uint8_t min_level = 0;
    Timestamp last_level_at{};
  };

  void elect(Timestamp now);

  std::unordered_map<AudioSource, Speaker> speakers_;
  std::optional<AudioSource> dominant_;
  Timestamp next_ = kNever;
};

}  // namespace parlance::rtp
