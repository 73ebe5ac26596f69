// The packets that the small benchmarks work on: what a browser sends of a 720p picture.
#pragma once

#include <cstdint>
#include <vector>

#include "rtp/packet/extension_map.h"
#include "rtp/packet/header_template.h"
#include "sfu/secure/srtp_session.h"
#include "tests/support/sfu/media_samples.h"

namespace parlance::micro {

inline constexpr std::size_t kPayload = 1100;

// One packet of a VP8 stream with the number `sequence`, five packets a frame.
inline test::RtpSample video_sample(std::uint16_t sequence, bool key_frame = false) {
  constexpr unsigned kPacketsPerFrame = 5;
  test::RtpSample sample;
  sample.ssrc = 1000;
  sample.sequence = sequence;
  sample.timestamp = sequence / kPacketsPerFrame * 3000U;
  sample.marker = sequence % kPacketsPerFrame == kPacketsPerFrame - 1;
  sample.transport_sequence = sequence;
  sample.payload = test::vp8_payload(sequence % kPacketsPerFrame == 0, key_frame, kPayload);
  return sample;
}

inline rtp::ExtensionMap video_extensions() {
  return rtp::ExtensionMap(test::extensions_of(rtp::MediaKind::kVideo));
}

inline rtp::HeaderTemplate video_header(rtp::Ssrc ssrc) {
  return {test::kRouterVideoType, ssrc, "1", test::extensions_of(rtp::MediaKind::kVideo)};
}

inline sfu::SrtpKeys gcm_keys(std::uint8_t seed) {
  constexpr std::size_t kKeyAndSalt = 28;  // RFC 7714, section 12
  return {.profile = sfu::SrtpProfile::kAeadAes128Gcm,
          .outbound = std::vector<std::uint8_t>(kKeyAndSalt, seed),
          .inbound = std::vector<std::uint8_t>(kKeyAndSalt, static_cast<std::uint8_t>(seed + 1))};
}

}  // namespace parlance::micro
