#include "tests/support/sfu/media_samples.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/byte_writer.h"
#include "base/check.h"
#include "rtp/packet/packet_view.h"

namespace parlance::test {

namespace {

std::uint8_t id(rtp::ExtensionKind kind) {
  return static_cast<std::uint8_t>(kind);
}

rtp::RtpParameters video_parameters(std::uint8_t type, std::uint8_t rtx_type) {
  rtp::RtpParameters parameters;
  parameters.codecs.push_back(
      {.mime_type = "video/VP8",
       .payload_type = type,
       .clock_rate = 90000,
       .channels = {},
       .parameters = {},
       .rtcp_feedback = {{"nack", ""}, {"nack", "pli"}, {"ccm", "fir"}, {"transport-cc", ""}}});
  parameters.codecs.push_back({.mime_type = "video/rtx",
                               .payload_type = rtx_type,
                               .clock_rate = 90000,
                               .channels = {},
                               .parameters = {{"apt", std::int64_t{type}}},
                               .rtcp_feedback = {}});
  parameters.header_extensions = extensions_of(rtp::MediaKind::kVideo);
  return parameters;
}

rtp::RtpParameters audio_parameters(std::uint8_t type) {
  rtp::RtpParameters parameters;
  parameters.codecs.push_back({.mime_type = "audio/opus",
                               .payload_type = type,
                               .clock_rate = 48000,
                               .channels = 2,
                               .parameters = {},
                               .rtcp_feedback = {{"transport-cc", ""}}});
  parameters.header_extensions = extensions_of(rtp::MediaKind::kAudio);
  return parameters;
}

rtp::RtpEncodingParameters encoding(rtp::Ssrc ssrc, std::optional<rtp::Ssrc> rtx) {
  rtp::RtpEncodingParameters encoding;
  encoding.ssrc = ssrc;
  encoding.rtx_ssrc = rtx;
  return encoding;
}

}  // namespace

std::vector<std::uint8_t> RtpSample::bytes() const {
  std::vector<std::uint8_t> out(2048);
  ByteWriter elements(out);
  const auto element = [&](rtp::ExtensionKind kind, std::span<const std::uint8_t> value) {
    elements.u8(static_cast<std::uint8_t>(unsigned{id(kind)} << 4U | (value.size() - 1)));
    elements.bytes(value);
  };
  if (!mid.empty()) {
    const std::vector<std::uint8_t> text(mid.begin(), mid.end());
    element(rtp::ExtensionKind::kMid, text);
  }
  if (transport_sequence) {
    element(rtp::ExtensionKind::kTransportSequence,
            std::array{static_cast<std::uint8_t>(*transport_sequence >> 8U),
                       static_cast<std::uint8_t>(*transport_sequence & 0xFFU)});
  }
  if (below_overload_db) {
    element(rtp::ExtensionKind::kAudioLevel, std::array{*below_overload_db});
  }
  const std::vector<std::uint8_t> block(elements.written().begin(), elements.written().end());
  ByteWriter writer(out);
  writer.u8(
      static_cast<std::uint8_t>(0x80U | (padding > 0 ? 0x20U : 0U) | (block.empty() ? 0U : 0x10U)));
  writer.u8(static_cast<std::uint8_t>((marker ? 0x80U : 0U) | payload_type));
  writer.u16(sequence);
  writer.u32(timestamp);
  writer.u32(ssrc);
  if (!block.empty()) {
    const std::size_t words = (block.size() + 3) / 4;
    writer.u16(0xBEDE);  // RFC 8285 section 4.2
    writer.u16(static_cast<std::uint16_t>(words));
    writer.bytes(block);
    writer.zeros(words * 4 - block.size());
  }
  writer.bytes(payload);
  if (padding > 0) {
    writer.zeros(padding - 1U);
    writer.u8(padding);
  }
  CHECK(writer.ok());
  out.resize(writer.size());
  return out;
}

std::vector<std::uint8_t> vp8_payload(bool starts_frame, bool key_frame, std::size_t filler) {
  std::vector<std::uint8_t> payload;
  payload.reserve(16 + filler);
  payload.push_back(starts_frame ? 0x10 : 0x00);
  if (starts_frame) {
    // RFC 6386 section 9.1: the frame tag's lowest bit is 0 for a key frame, which a start code
    // follows.
    static constexpr std::array<std::uint8_t, 7> kStart{0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01};
    payload.push_back(key_frame ? 0x10 : 0x11);
    payload.push_back(0x02);
    payload.push_back(0x00);
    std::ranges::copy_n(kStart.begin(), key_frame ? 7 : 0, std::back_inserter(payload));
  }
  payload.resize(payload.size() + filler, 0xAB);
  return payload;
}

std::vector<rtp::RtpHeaderExtensionParameters> extensions_of(rtp::MediaKind kind) {
  std::vector<rtp::RtpHeaderExtensionParameters> extensions;
  const auto add = [&](rtp::ExtensionKind extension) {
    extensions.push_back(
        {.uri = std::string(rtp::extension_uri(extension)), .id = id(extension), .encrypt = false});
  };
  add(rtp::ExtensionKind::kMid);
  add(rtp::ExtensionKind::kAbsSendTime);
  if (kind == rtp::MediaKind::kAudio) {
    add(rtp::ExtensionKind::kAudioLevel);
  } else {
    add(rtp::ExtensionKind::kTransportSequence);
  }
  return extensions;
}

sfu::ProducerOptions video_producer(std::uint8_t number, rtp::Ssrc ssrc, std::string mid) {
  sfu::ProducerOptions options;
  options.id = id_of<sfu::ProducerId>(number);
  options.kind = rtp::MediaKind::kVideo;
  options.parameters = video_parameters(kVideoType, kVideoRtxType);
  options.parameters.mid = std::move(mid);
  options.parameters.encodings = {encoding(ssrc, ssrc + 1)};
  options.mapping.codecs = {{kVideoType, kRouterVideoType}, {kVideoRtxType, kRouterVideoRtxType}};
  return options;
}

sfu::ProducerOptions audio_producer(std::uint8_t number, rtp::Ssrc ssrc, std::string mid) {
  sfu::ProducerOptions options;
  options.id = id_of<sfu::ProducerId>(number);
  options.kind = rtp::MediaKind::kAudio;
  options.parameters = audio_parameters(kAudioType);
  options.parameters.mid = std::move(mid);
  options.parameters.encodings = {encoding(ssrc, std::nullopt)};
  options.mapping.codecs = {{kAudioType, kRouterAudioType}};
  return options;
}

sfu::ConsumerOptions video_consumer(std::uint8_t number, std::uint8_t producer, rtp::Ssrc ssrc) {
  sfu::ConsumerOptions options;
  options.id = id_of<sfu::ConsumerId>(number);
  options.producer = id_of<sfu::ProducerId>(producer);
  options.parameters = video_parameters(kRouterVideoType, kRouterVideoRtxType);
  options.parameters.mid = std::to_string(number);
  options.parameters.encodings = {encoding(ssrc, ssrc + 1)};
  options.parameters.rtcp.cname = "publisher";
  options.paused = false;
  return options;
}

sfu::ConsumerOptions audio_consumer(std::uint8_t number, std::uint8_t producer, rtp::Ssrc ssrc) {
  sfu::ConsumerOptions options;
  options.id = id_of<sfu::ConsumerId>(number);
  options.producer = id_of<sfu::ProducerId>(producer);
  options.parameters = audio_parameters(kRouterAudioType);
  options.parameters.mid = std::to_string(number);
  options.parameters.encodings = {encoding(ssrc, std::nullopt)};
  options.parameters.rtcp.cname = "publisher";
  options.paused = false;
  return options;
}

sfu::PacketRef slot_of(sfu::PacketPool& pool, std::span<const std::uint8_t> bytes) {
  sfu::PacketRef slot = pool.acquire();
  CHECK(slot && bytes.size() <= slot->buffer().size());
  std::ranges::copy(bytes, slot->buffer().begin());
  slot->resize(bytes.size());
  return slot;
}

sfu::PacketRef parsed_slot_of(sfu::PacketPool& pool, const RtpSample& sample) {
  sfu::PacketRef slot = slot_of(pool, sample.bytes());
  auto extensions = extensions_of(rtp::MediaKind::kVideo);
  std::ranges::copy(extensions_of(rtp::MediaKind::kAudio), std::back_inserter(extensions));
  const auto view = rtp::PacketView::parse(slot->bytes(), rtp::ExtensionMap(extensions));
  CHECK(view.has_value());
  slot->media.view = *view;
  return slot;
}

}  // namespace parlance::test
