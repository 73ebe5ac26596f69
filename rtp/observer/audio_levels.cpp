#include "rtp/observer/audio_levels.h"

#include <algorithm>
#include <limits>

namespace parlance::rtp {

void AudioLevelObserver::on_level(Timestamp now,
                                  AudioSource source,
                                  std::uint8_t below_overload_db) {
  Sum& sum = sums_[source];
  sum.below_overload_db += below_overload_db;
  ++sum.samples;
  if (next_ == kNever) {
    next_ = now + options_.interval;
  }
}

std::vector<SourceLevel> AudioLevelObserver::on_timeout(Timestamp now) {
  if (now < next_) {
    return {};
  }
  std::vector<SourceLevel> levels;
  for (const auto& [source, sum] : sums_) {
    if (sum.samples < kMinSamples) {
      continue;
    }
    const auto dbov =
        static_cast<std::int8_t>(-static_cast<std::int32_t>(sum.below_overload_db / sum.samples));
    if (dbov >= options_.threshold_dbov) {
      levels.push_back({source, dbov});
    }
  }
  next_ = sums_.empty() ? kNever : now + options_.interval;
  sums_.clear();
  std::ranges::sort(levels, [](const SourceLevel& a, const SourceLevel& b) {
    return a.dbov != b.dbov ? a.dbov > b.dbov : a.source < b.source;
  });
  if (levels.size() > options_.max_entries) {
    levels.resize(options_.max_entries);
  }
  return levels;
}

}  // namespace parlance::rtp
