#include "bench/load/picture_checker.h"

#include <array>
#include <stdexcept>

#include <opus/opus.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>

#include "bench/load/picture.h"

namespace parlance::load {

namespace {

constexpr int kSampleRate = 48'000;
constexpr int kChannels = 2;
constexpr int kSamples = kSampleRate / 50;  // 20 ms
constexpr int kMostSamples = kSampleRate * 120 / 1000;

LumaView luma_of(const vpx_image_t& image) {
  const auto stride = static_cast<std::size_t>(image.stride[VPX_PLANE_Y]);
  return {{image.planes[VPX_PLANE_Y], stride * image.d_h}, stride, {image.d_w, image.d_h}};
}

}  // namespace

struct PictureChecker::Decoder {
  Decoder() {
    if (vpx_codec_dec_init(&codec, vpx_codec_vp8_dx(), nullptr, 0) != VPX_CODEC_OK) {
      throw std::runtime_error("libvpx does not decode");
    }
  }

  ~Decoder() { vpx_codec_destroy(&codec); }

  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  vpx_codec_ctx_t codec{};
};

PictureChecker::PictureChecker() : decoder_(std::make_unique<Decoder>()) {}

PictureChecker::~PictureChecker() = default;

std::optional<std::uint16_t> PictureChecker::check(std::span<const std::uint8_t> frame,
                                                   std::size_t clip_frames) {
  vpx_codec_ctx_t* const codec = &decoder_->codec;
  vpx_codec_iter_t at = nullptr;
  const vpx_image_t* image = nullptr;
  if (vpx_codec_decode(codec, frame.data(), static_cast<unsigned>(frame.size()), nullptr, 0) ==
      VPX_CODEC_OK) {
    image = vpx_codec_get_frame(codec, &at);
  }
  if (image == nullptr) {
    ++counters_.broken;
    return std::nullopt;
  }
  ++counters_.decoded;
  const auto number = read_number(luma_of(*image));
  if (!number) {
    ++counters_.unreadable;
    return std::nullopt;
  }
  // A clip begins anew at its end, and whenever somebody asked for a key frame.
  const bool follows = !last_ || *number == 0 || *number == (*last_ + 1U) % clip_frames;
  counters_.out_of_order += follows ? 0 : 1;
  last_ = number;
  return number;
}

struct SoundChecker::Decoder {
  struct Destroy {
    void operator()(OpusDecoder* decoder) const { opus_decoder_destroy(decoder); }
  };

  int error = OPUS_OK;
  std::unique_ptr<OpusDecoder, Destroy> opus{opus_decoder_create(kSampleRate, kChannels, &error)};
};

SoundChecker::SoundChecker() : decoder_(std::make_unique<Decoder>()) {
  if (decoder_->error != OPUS_OK) {
    throw std::runtime_error("libopus does not decode");
  }
}

SoundChecker::~SoundChecker() = default;

void SoundChecker::check(std::span<const std::uint8_t> packet) {
  std::array<std::int16_t, std::size_t{kMostSamples} * kChannels> samples{};
  const int decoded = opus_decode(decoder_->opus.get(),
                                  packet.data(),
                                  static_cast<opus_int32>(packet.size()),
                                  samples.data(),
                                  kMostSamples,
                                  0);
  ++(decoded == kSamples ? counters_.decoded : counters_.broken);
}

}  // namespace parlance::load
