// The fields of an RTP header (RFC 3550, section 5.1) that a client counts by; its own reader, so
// that a fault of the server's parser is seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace parlance::load {

struct RtpHeader {
  std::uint8_t payload_type = 0;
  bool marker = false;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::optional<std::uint16_t> transport_sequence;
  std::size_t size = 0;  // of the whole header, extensions included
};

// First byte 128 to 191 (RFC 7983).
inline bool is_media(std::span<const std::uint8_t> datagram) {
  return datagram.size() >= 12 && datagram[0] >= 128 && datagram[0] <= 191;
}

// Of what is_media() (RFC 5761, section 4).
inline bool is_rtcp(std::span<const std::uint8_t> datagram) {
  return datagram[1] >= 192 && datagram[1] <= 223;
}

// RFC 3550, section 5.1: the last byte of padding says how much there is.
inline std::span<const std::uint8_t> without_padding(std::span<const std::uint8_t> packet) {
  const std::size_t padding = (packet[0] & 0x20U) != 0 ? packet.back() : 0U;
  return padding <= packet.size() ? packet.first(packet.size() - padding) : packet;
}

// `transport_cc_id` 0: not negotiated. Nothing when the header doesn't fit.
std::optional<RtpHeader> read_rtp_header(std::span<const std::uint8_t> packet,
                                         std::uint8_t transport_cc_id);

}  // namespace parlance::load
