// RTP packets, producers and consumers as tests of the media plane need them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rtp/packet/extension_map.h"
#include "rtp/parameters.h"
#include "sfu/api/media_engine.h"
#include "sfu/packet/packet_pool.h"

namespace parlance::test {

// The publisher's numbers in all samples; extensions have the router's ids.
inline constexpr std::uint8_t kAudioType = 111;
inline constexpr std::uint8_t kVideoType = 96;
inline constexpr std::uint8_t kVideoRtxType = 97;

// The router's.
inline constexpr std::uint8_t kRouterAudioType = 100;
inline constexpr std::uint8_t kRouterVideoType = 101;
inline constexpr std::uint8_t kRouterVideoRtxType = 102;

// An RTP packet, field by field.
struct RtpSample {
  std::uint8_t payload_type = kVideoType;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  rtp::Ssrc ssrc = 0;
  bool marker = false;
  std::string mid;
  std::optional<std::uint16_t> transport_sequence;
  std::optional<std::uint8_t> below_overload_db;  // audio level
  std::vector<std::uint8_t> payload;
  std::uint8_t padding = 0;

  std::vector<std::uint8_t> bytes() const;
};

// A VP8 payload: descriptor, frame tag, and `filler` bytes.
std::vector<std::uint8_t> vp8_payload(bool starts_frame, bool key_frame, std::size_t filler = 20);

template <typename Id>
Id id_of(std::uint8_t number) {
  std::array<std::uint8_t, 16> bytes{};
  bytes[15] = number;
  return Id(Uuid(bytes));
}

// The extensions with the router's ids that `kind` of media uses.
std::vector<rtp::RtpHeaderExtensionParameters> extensions_of(rtp::MediaKind kind);

sfu::ProducerOptions video_producer(std::uint8_t id, rtp::Ssrc ssrc, std::string mid = "v");
sfu::ProducerOptions audio_producer(std::uint8_t id, rtp::Ssrc ssrc, std::string mid = "a");

// rtx: ssrc + 1. Not paused.
sfu::ConsumerOptions video_consumer(std::uint8_t id, std::uint8_t producer, rtp::Ssrc ssrc);
sfu::ConsumerOptions audio_consumer(std::uint8_t id, std::uint8_t producer, rtp::Ssrc ssrc);

// The bytes in a slot of the pool.
sfu::PacketRef slot_of(sfu::PacketPool& pool, std::span<const std::uint8_t> bytes);

// The same, its view parsed with the router's extension ids.
sfu::PacketRef parsed_slot_of(sfu::PacketPool& pool, const RtpSample& sample);

}  // namespace parlance::test
