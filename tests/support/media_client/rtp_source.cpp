#include "tests/support/media_client/rtp_source.h"

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "rtp/ortc.h"

namespace parlance::test {

namespace {

constexpr std::uint8_t kPayloadType = 111;
constexpr std::uint32_t kSamplesPerPacket = 960;  // 20 ms at 48 kHz
constexpr std::size_t kHeaderSize = 12;
constexpr std::size_t kPayloadSize = 80;
constexpr std::uint32_t kPayloadMark = 0x50415243;
constexpr rtp::Ssrc kFirstMappedSsrc = 1'000'000;

}  // namespace

std::vector<std::uint8_t> RtpSource::next() {
  std::vector<std::uint8_t> packet(kHeaderSize + kPayloadSize);
  ByteWriter writer(packet);
  writer.u8(0x80);  // version 2
  writer.u8(kPayloadType);
  writer.u16(static_cast<std::uint16_t>(sent_));
  writer.u32(sent_ * kSamplesPerPacket);
  writer.u32(ssrc_);
  writer.u32(kPayloadMark);
  writer.u32(sent_);
  ++sent_;
  return packet;
}

rtp::RtpParameters RtpSource::parameters() const {
  rtp::RtpParameters parameters;
  parameters.mid = std::string("0");
  parameters.codecs.push_back({.mime_type = "audio/opus",
                               .payload_type = kPayloadType,
                               .clock_rate = 48000,
                               .channels = 2,
                               .parameters = {},
                               .rtcp_feedback = {}});
  parameters.encodings.emplace_back().ssrc = ssrc_;
  parameters.rtcp.cname = std::string("source");
  return parameters;
}

sfu::ProducerOptions RtpSource::producer(sfu::ProducerId id) const {
  const auto mapping =
      rtp::ortc::producer_mapping(parameters(), rtp::ortc::router_capabilities(), kFirstMappedSsrc);
  return {.id = id,
          .kind = rtp::MediaKind::kAudio,
          .parameters = parameters(),
          .mapping = mapping.value(),
          .paused = false};
}

sfu::ConsumerOptions RtpSource::consumer(sfu::ConsumerId id,
                                         sfu::ProducerId producer_id,
                                         rtp::Ssrc ssrc) const {
  const auto& router = rtp::ortc::router_capabilities();
  const auto consumable = rtp::ortc::consumable_parameters(
      rtp::MediaKind::kAudio, parameters(), router, producer(producer_id).mapping);
  const auto consumed = rtp::ortc::consumer_parameters(
      consumable, router, {.ssrc = ssrc, .rtx_ssrc = ssrc + 1, .mid = "0"}, true);
  return {.id = id, .producer = producer_id, .parameters = consumed.value(), .paused = false};
}

std::optional<std::uint32_t> source_index(std::span<const std::uint8_t> rtp_packet) {
  if (rtp_packet.size() < kPayloadSize) {
    return std::nullopt;
  }
  // The payload is last, however long the header became.
  ByteReader payload(rtp_packet.last(kPayloadSize));
  if (payload.u32() != kPayloadMark) {
    return std::nullopt;
  }
  return payload.u32();
}

}  // namespace parlance::test
