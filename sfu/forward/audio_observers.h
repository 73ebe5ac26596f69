// Who is audible and who has the floor in one router, told only when it changed.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "rtp/observer/audio_levels.h"
#include "rtp/observer/dominant_speaker.h"
#include "sfu/api/media_engine.h"

namespace parlance::sfu {

inline constexpr Duration kAudioLevelInterval = std::chrono::milliseconds(400);
inline constexpr std::int8_t kAudioLevelThresholdDbov = -60;

class AudioObservers {
 public:
  AudioObservers(RouterId router, std::vector<MediaEvent>& events);

  void add(std::uint64_t source, ProducerId producer) { producers_[source] = producer; }

  // The producer is paused: it says nothing until its next packet.
  void silence(std::uint64_t source);
  void remove(std::uint64_t source);

  void on_level(Timestamp now, std::uint64_t source, std::uint8_t below_overload_db);

  Timestamp next_timeout() const;
  void on_timeout(Timestamp now);

 private:
  void tell_dominant();
  void tell_levels(const std::vector<rtp::SourceLevel>& levels);

  RouterId router_;
  std::vector<MediaEvent>& events_;
  rtp::AudioLevelObserver levels_;
  rtp::DominantSpeaker dominant_;
  std::vector<rtp::SourceLevel> told_;
  std::unordered_map<std::uint64_t, ProducerId> producers_;
};

}  // namespace parlance::sfu
