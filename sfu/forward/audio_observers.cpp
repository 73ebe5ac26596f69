#include "sfu/forward/audio_observers.h"

#include <algorithm>

namespace parlance::sfu {

AudioObservers::AudioObservers(RouterId router, std::vector<MediaEvent>& events)
    : router_(router),
      events_(events),
      levels_(rtp::AudioLevelObserver::Options{.interval = kAudioLevelInterval,
                                               .threshold_dbov = kAudioLevelThresholdDbov}) {}

void AudioObservers::silence(std::uint64_t source) {
  levels_.remove(source);
  if (dominant_.remove(source)) {
    tell_dominant();
  }
}

void AudioObservers::remove(std::uint64_t source) {
  silence(source);
  producers_.erase(source);
  std::erase_if(told_, [source](const rtp::SourceLevel& level) { return level.source == source; });
}

void AudioObservers::on_level(Timestamp now, std::uint64_t source, std::uint8_t below_overload_db) {
  levels_.on_level(now, source, below_overload_db);
  dominant_.on_level(now, source, below_overload_db);
}

Timestamp AudioObservers::next_timeout() const {
  return std::min(levels_.next_timeout(), dominant_.next_timeout());
}

void AudioObservers::on_timeout(Timestamp now) {
  if (levels_.next_timeout() <= now) {
    tell_levels(levels_.on_timeout(now));
  }
  if (dominant_.next_timeout() <= now && dominant_.on_timeout(now)) {
    tell_dominant();
  }
}

void AudioObservers::tell_dominant() {
  MediaEvent::DominantSpeaker speaker;
  if (const auto source = dominant_.dominant()) {
    if (const auto found = producers_.find(*source); found != producers_.end()) {
      speaker.producer = found->second;
    }
  }
  events_.push_back({router_, speaker});
}

void AudioObservers::tell_levels(const std::vector<rtp::SourceLevel>& levels) {
  if (levels == told_) {
    return;
  }
  told_ = levels;
  MediaEvent::AudioLevels event;
  for (const rtp::SourceLevel& level : levels) {
    if (const auto found = producers_.find(level.source); found != producers_.end()) {
      event.levels.push_back({found->second, level.dbov});
    }
  }
  events_.push_back({router_, std::move(event)});
}

}  // namespace parlance::sfu
