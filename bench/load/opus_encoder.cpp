#include <array>
#include <cmath>
#include <memory>
#include <numbers>
#include <stdexcept>

#include <opus/opus.h>

#include "bench/load/clip.h"

namespace parlance::load {

namespace {

constexpr int kSampleRate = 48'000;
constexpr int kChannels = 2;
constexpr int kSamples = kSampleRate / 50;  // 20 ms

struct DestroyEncoder {
  void operator()(OpusEncoder* encoder) const { opus_encoder_destroy(encoder); }
};

}  // namespace

Clip encode_opus(unsigned bits_per_second, unsigned frames) {
  Clip clip;
  clip.kind = MediaKind::kAudio;
  clip.interval = 20 * kMillisecond;
  clip.timestamp_step = kSamples;
  int error = OPUS_OK;
  const std::unique_ptr<OpusEncoder, DestroyEncoder> encoder(
      opus_encoder_create(kSampleRate, kChannels, OPUS_APPLICATION_VOIP, &error));
  if (error != OPUS_OK) {
    throw std::runtime_error("libopus does not start");
  }
  opus_encoder_ctl(encoder.get(), OPUS_SET_BITRATE(static_cast<opus_int32>(bits_per_second)));
  std::array<float, std::size_t{kSamples} * kChannels> samples{};
  std::array<std::uint8_t, 1276> packet{};  // the largest of RFC 6716, section 3.2.1
  double phase = 0;
  for (unsigned n = 0; n < frames; ++n) {
    for (std::size_t i = 0; i < kSamples; ++i) {
      // A tone that wanders, so that no two packets are the same.
      const double hertz =
          220 + 180 * std::sin(0.7 * n) + 40 * std::sin(0.011 * static_cast<double>(i));
      phase += 2 * std::numbers::pi * hertz / kSampleRate;
      const auto value = static_cast<float>(0.4 * std::sin(phase));
      samples[2 * i] = value;
      samples[2 * i + 1] = value / 2;
    }
    const int size = opus_encode_float(
        encoder.get(), samples.data(), kSamples, packet.data(), static_cast<int>(packet.size()));
    if (size <= 0) {
      throw std::runtime_error("libopus encodes nothing");
    }
    append_frame(clip, std::span(packet).first(static_cast<std::size_t>(size)));
  }
  return clip;
}

}  // namespace parlance::load
