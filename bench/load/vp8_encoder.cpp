#include <memory>
#include <stdexcept>

#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#include "bench/load/clip.h"

namespace parlance::load {

namespace {

constexpr std::uint32_t kClockRate = 90'000;

struct DestroyCodec {
  void operator()(vpx_codec_ctx_t* codec) const {
    vpx_codec_destroy(codec);
    std::default_delete<vpx_codec_ctx_t>{}(codec);
  }
};

using Encoder = std::unique_ptr<vpx_codec_ctx_t, DestroyCodec>;

// As a browser's: real time, constant bitrate, one key frame at the start.
Encoder make_encoder(const VideoSettings& settings) {
  constexpr int kSpeed = -8;
  vpx_codec_enc_cfg_t config{};
  vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &config, 0);
  config.g_w = settings.size.width;
  config.g_h = settings.size.height;
  config.g_timebase = {1, static_cast<int>(settings.fps)};
  config.g_lag_in_frames = 0;
  config.rc_end_usage = VPX_CBR;
  config.rc_target_bitrate = settings.bits_per_second / 1000;
  config.rc_undershoot_pct = 100;
  config.rc_overshoot_pct = 15;
  config.rc_buf_initial_sz = 500;
  config.rc_buf_optimal_sz = 600;
  config.rc_buf_sz = 1000;
  config.rc_min_quantizer = 2;
  config.rc_max_quantizer = 60;
  config.kf_mode = VPX_KF_DISABLED;
  Encoder encoder(std::make_unique<vpx_codec_ctx_t>().release());
  if (vpx_codec_enc_init(encoder.get(), vpx_codec_vp8_cx(), &config, 0) != VPX_CODEC_OK) {
    throw std::runtime_error("libvpx takes no such size, rate and bitrate");
  }
  vpx_codec_control(encoder.get(), VP8E_SET_CPUUSED, kSpeed);
  vpx_codec_control(encoder.get(), VP8E_SET_STATIC_THRESHOLD, 1U);
  vpx_codec_control(encoder.get(), VP8E_SET_MAX_INTRA_BITRATE_PCT, 300U);
  return encoder;
}

void collect(Encoder& encoder, Clip& clip) {
  vpx_codec_iter_t at = nullptr;
  while (const vpx_codec_cx_pkt_t* packet = vpx_codec_get_cx_data(encoder.get(), &at)) {
    if (packet->kind == VPX_CODEC_CX_FRAME_PKT) {
      const auto* bytes = static_cast<const std::uint8_t*>(packet->data.frame.buf);
      append_frame(clip, {bytes, packet->data.frame.sz});
    }
  }
}

}  // namespace

Clip encode_vp8(const VideoSettings& settings) {
  Clip clip;
  clip.kind = MediaKind::kVideo;
  clip.interval = kSecond / settings.fps;
  clip.timestamp_step = kClockRate / settings.fps;
  Encoder encoder = make_encoder(settings);
  Picture picture(settings.size);
  vpx_image_t image{};
  vpx_img_wrap(
      &image, VPX_IMG_FMT_I420, settings.size.width, settings.size.height, 1, picture.luma.data());
  image.planes[VPX_PLANE_U] = picture.blue.data();
  image.planes[VPX_PLANE_V] = picture.red.data();
  image.stride[VPX_PLANE_Y] = static_cast<int>(settings.size.width);
  image.stride[VPX_PLANE_U] = static_cast<int>(settings.size.width / 2);
  image.stride[VPX_PLANE_V] = static_cast<int>(settings.size.width / 2);
  for (unsigned n = 0; n < settings.frames; ++n) {
    draw(picture, static_cast<std::uint16_t>(n));
    if (vpx_codec_encode(encoder.get(), &image, n, 1, 0, VPX_DL_REALTIME) != VPX_CODEC_OK) {
      throw std::runtime_error("libvpx encodes nothing");
    }
    collect(encoder, clip);
    if (clip.frames.size() != n + 1) {
      throw std::runtime_error("libvpx dropped a frame: raise the bitrate");
    }
  }
  return clip;
}

}  // namespace parlance::load
