#include "rtp/observer/dominant_speaker.h"

#include <algorithm>
#include <cmath>

namespace parlance::rtp {

namespace {

constexpr Duration kFrame = std::chrono::milliseconds(20);
constexpr Duration kLongSpan = std::chrono::seconds(1);
constexpr Duration kSilentAfter = std::chrono::milliseconds(60);  // DTX, or packets late
constexpr std::uint8_t kMaxLoudness = 127;

// The paper's "sub-bands": one frame has 13 levels of 10 dB above the background, 5 frames are a
// medium block, 10 medium blocks the long span.
constexpr unsigned kBands = 13;
constexpr double kBandWidth = 10;
constexpr std::size_t kFramesPerBlock = 5;
constexpr std::size_t kBlocks = 10;
constexpr unsigned kActiveBands = 3;   // a frame counts as speech from here on
constexpr unsigned kActiveFrames = 3;  // and a block

// Weights of the exponential distributions that stand for silence, from the paper (section 3.2) as
// deployed elsewhere.
constexpr double kLambdaImmediate = 0.78;
constexpr double kLambdaMedium = 24.0;
constexpr double kLambdaLong = 47.0;
constexpr double kMinActivity = 1e-10;

// By how much (natural logarithm) a challenger has to beat the present speaker, on each span.
constexpr double kBeatImmediate = 3;
constexpr double kBeatMedium = 2;
constexpr double kBeatLong = 0;

// The background follows the level down at once and up slowly, so that steady noise is not speech.
// Its bounds (-102 and -67 dBov) keep faint noise after digital silence out, and a steady loud
// source in.
constexpr double kFloorRise = 0.1;  // dB per frame
constexpr double kMinFloor = 25;
constexpr double kMaxFloor = 60;

// Not by lgamma(), which writes a global.
double log_binomial(unsigned n, unsigned k) {
  double sum = 0;
  for (unsigned i = 1; i <= k; ++i) {
    sum += std::log(static_cast<double>(n - k + i) / i);
  }
  return sum;
}

// How much likelier `active` of `count` is under speech than under silence (equation 5 of the
// paper).
double score(unsigned active, unsigned count, double lambda) {
  const double speech = log_binomial(count, active) + count * std::log(0.5);
  const double silence = std::log(lambda) - lambda * active;
  return std::max(speech - silence, kMinActivity);
}

}  // namespace

void DominantSpeaker::push(Speaker& speaker, std::uint8_t loudness) {
  speaker.newest = (speaker.newest + 1) % kFrames;
  speaker.loudness[speaker.newest] = loudness;
  speaker.floor =
      std::clamp(std::min<double>(speaker.floor + kFloorRise, loudness), kMinFloor, kMaxFloor);
}

void DominantSpeaker::on_level(Timestamp now, AudioSource source, std::uint8_t below_overload_db) {
  Speaker& speaker = speakers_[source];
  const auto loudness =
      static_cast<std::uint8_t>(kMaxLoudness - std::min(below_overload_db, kMaxLoudness));
  push(speaker, loudness);
  speaker.newest_at = now;
  if (next_ == kNever) {
    next_ = now + kInterval;
  }
}

bool DominantSpeaker::remove(AudioSource source) {
  speakers_.erase(source);
  if (dominant_ != source) {
    return false;
  }
  dominant_.reset();
  return true;
}

bool DominantSpeaker::on_timeout(Timestamp now) {
  if (now < next_) {
    return false;
  }
  if (speakers_.empty()) {
    next_ = kNever;
    return false;
  }
  next_ = now + kInterval;
  for (auto& [source, speaker] : speakers_) {
    while (now - speaker.newest_at > kSilentAfter) {
      // Longer silence than we remember is pushed once, not frame by frame.
      speaker.newest_at = std::max(now - kLongSpan, speaker.newest_at + kFrame);
      push(speaker, 0);
    }
    speaker.activity = measure(speaker);
  }
  const auto elected = elect();
  if (!elected || elected == dominant_) {
    return false;
  }
  dominant_ = elected;
  return true;
}

DominantSpeaker::Activity DominantSpeaker::measure(const Speaker& speaker) {
  unsigned newest_bands = 0;
  unsigned newest_frames = 0;
  unsigned active_blocks = 0;
  for (std::size_t block = 0; block < kBlocks; ++block) {
    unsigned active_frames = 0;
    for (std::size_t i = 0; i < kFramesPerBlock; ++i) {
      const std::size_t age = block * kFramesPerBlock + i;
      const double above =
          speaker.loudness[(speaker.newest + kFrames - age) % kFrames] - speaker.floor;
      const auto bands = std::min(kBands, static_cast<unsigned>(std::max(0.0, above) / kBandWidth));
      newest_bands = age == 0 ? bands : newest_bands;
      active_frames += bands >= kActiveBands ? 1U : 0U;
    }
    newest_frames = block == 0 ? active_frames : newest_frames;
    active_blocks += active_frames >= kActiveFrames ? 1U : 0U;
  }
  return {score(newest_bands, kBands, kLambdaImmediate),
          score(newest_frames, kFramesPerBlock, kLambdaMedium),
          score(active_blocks, kBlocks, kLambdaLong)};
}

// Among those who beat the present speaker on all three spans, the one who does so most clearly
// over the medium span.
std::optional<AudioSource> DominantSpeaker::elect() const {
  const auto present = dominant_ ? speakers_.find(*dominant_) : speakers_.end();
  const Activity silence{kMinActivity, kMinActivity, kMinActivity};
  const Activity& holder = present == speakers_.end() ? silence : present->second.activity;
  std::optional<AudioSource> best = dominant_;
  double best_margin = kBeatMedium;
  for (const auto& [source, speaker] : speakers_) {
    const double immediate = std::log(speaker.activity.immediate / holder.immediate);
    const double medium = std::log(speaker.activity.medium / holder.medium);
    const double long_term = std::log(speaker.activity.long_term / holder.long_term);
    if (source != dominant_ && immediate > kBeatImmediate && medium > best_margin &&
        long_term > kBeatLong) {
      best = source;
      best_margin = medium;
    }
  }
  return best;
}

}  // namespace parlance::rtp
