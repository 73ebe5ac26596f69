#include "rtp/packet/packet_view.h"

#include <limits>

#include "base/byte_reader.h"

namespace parlance::rtp {

namespace {

// RFC 3550 section 5.1:
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                           timestamp                           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |           synchronization source (SSRC) identifier            |
// +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
// |            contributing source (CSRC) identifiers             |
// |                             ....                              |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |      defined by profile       |           length              |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                        header extension                       |
// |                             ....                              |
constexpr std::uint8_t kVersion = 2;
constexpr std::uint8_t kPaddingBit = 0x20;
constexpr std::uint8_t kExtensionBit = 0x10;

constexpr std::uint16_t kOneByteProfile = 0xBEDE;  // RFC 8285 section 4.2
constexpr std::uint16_t kTwoByteProfile = 0x1000;  // RFC 8285 section 4.3, low 4 bits appbits
constexpr std::uint16_t kTwoByteProfileMask = 0xFFF0;
constexpr std::uint8_t kOneByteStopId = 15;  // RFC 8285 section 4.2

std::uint64_t read_number(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) {
    value = value << 8U | byte;
  }
  return value;
}

}  // namespace

std::expected<PacketView, PacketError> PacketView::parse(std::span<const std::uint8_t> bytes,
                                                         const ExtensionMap& extensions) {
  if (bytes.size() < kRtpFixedHeaderSize) {
    return std::unexpected(PacketError::kTruncated);
  }
  if (bytes[0] >> 6U != kVersion) {
    return std::unexpected(PacketError::kBadVersion);
  }
  if (bytes.size() > std::numeric_limits<std::uint16_t>::max()) {
    return std::unexpected(PacketError::kTooLarge);
  }
  ByteReader in(bytes);
  PacketView view;
  view.bytes_ = bytes;
  const std::uint8_t first = in.u8();
  in.skip(1);
  view.sequence_ = in.u16();
  view.timestamp_ = in.u32();
  view.ssrc_ = in.u32();
  in.skip(4UL * (first & 0x0FU));
  if ((first & kExtensionBit) != 0) {
    const std::uint16_t profile = in.u16();
    const std::size_t length = 4UL * in.u16();
    const std::size_t begin = in.position();
    in.skip(length);
    if (in.ok() && profile == kOneByteProfile) {
      view.parse_one_byte_elements(begin, begin + length, extensions);
    } else if (in.ok() && (profile & kTwoByteProfileMask) == kTwoByteProfile) {
      view.parse_two_byte_elements(begin, begin + length, extensions);
    }
  }
  if (!in.ok()) {
    return std::unexpected(PacketError::kTruncated);
  }
  std::size_t payload = in.remaining();
  if ((first & kPaddingBit) != 0) {
    const std::uint8_t padding = bytes.back();
    if (padding == 0 || padding > payload) {
      return std::unexpected(PacketError::kBadPadding);
    }
    payload -= padding;
  }
  view.payload_at_ = static_cast<std::uint16_t>(in.position());
  view.payload_size_ = static_cast<std::uint16_t>(payload);
  return view;
}

// RFC 8285 section 4.2:
//
//  0
//  0 1 2 3 4 5 6 7
// +-+-+-+-+-+-+-+-+
// |  ID   |  len  |   len + 1 bytes of data follow
// +-+-+-+-+-+-+-+-+
void PacketView::parse_one_byte_elements(std::size_t begin,
                                         std::size_t end,
                                         const ExtensionMap& extensions) {
  std::size_t at = begin;
  while (at < end) {
    const std::uint8_t id = bytes_[at] >> 4U;
    const std::size_t size = (bytes_[at] & 0x0FU) + 1UL;
    if (id == kOneByteStopId) {
      return;
    }
    if (bytes_[at] == 0) {  // padding
      ++at;
      continue;
    }
    ++at;
    if (size > end - at) {
      return;
    }
    add_element(id, at, size, extensions);
    at += size;
  }
}

// RFC 8285 section 4.3:
//
//  0                   1
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |       ID      |     length    |   length bytes of data follow, perhaps none
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
void PacketView::parse_two_byte_elements(std::size_t begin,
                                         std::size_t end,
                                         const ExtensionMap& extensions) {
  std::size_t at = begin;
  while (at < end) {
    const std::uint8_t id = bytes_[at];
    if (id == 0) {  // padding
      ++at;
      continue;
    }
    if (end - at < 2) {
      return;
    }
    const std::size_t size = bytes_[at + 1];
    at += 2;
    if (size > end - at) {
      return;
    }
    add_element(id, at, size, extensions);
    at += size;
  }
}

void PacketView::add_element(std::uint8_t id,
                             std::size_t at,
                             std::size_t size,
                             const ExtensionMap& extensions) {
  const ExtensionKind kind = extensions.kind(id);
  if (kind != ExtensionKind::kNone) {
    elements_[static_cast<std::size_t>(kind)] =
        Element{static_cast<std::uint16_t>(at), static_cast<std::uint8_t>(size)};
  }
}

std::string PacketView::text(ExtensionKind kind) const {
  const auto value = extension(kind);
  return {value.begin(), value.end()};
}

std::optional<std::uint32_t> PacketView::abs_send_time() const {
  const auto value = extension(ExtensionKind::kAbsSendTime);
  if (value.size() != 3) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(read_number(value));
}

std::optional<std::uint16_t> PacketView::transport_sequence() const {
  const auto value = extension(ExtensionKind::kTransportSequence);
  if (value.size() != 2) {
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(read_number(value));
}

// RFC 6464 section 3: |V| level (7 bits)|; the two-byte form may be padded, so longer is no error.
std::optional<AudioLevel> PacketView::audio_level() const {
  const auto value = extension(ExtensionKind::kAudioLevel);
  if (value.empty()) {
    return std::nullopt;
  }
  return AudioLevel{static_cast<std::uint8_t>(value[0] & 0x7FU), (value[0] & 0x80U) != 0};
}

std::optional<std::uint8_t> PacketView::video_orientation() const {
  const auto value = extension(ExtensionKind::kVideoOrientation);
  if (value.size() != 1) {
    return std::nullopt;
  }
  return value[0];
}

std::optional<std::int32_t> PacketView::time_offset() const {
  const auto value = extension(ExtensionKind::kTimeOffset);
  if (value.size() != 3) {
    return std::nullopt;
  }
  const auto raw = static_cast<std::int32_t>(read_number(value));
  return (raw & 0x800000) != 0 ? raw - 0x1000000 : raw;
}

std::optional<PlayoutDelay> PacketView::playout_delay() const {
  const auto value = extension(ExtensionKind::kPlayoutDelay);
  if (value.size() != 3) {
    return std::nullopt;
  }
  const std::uint64_t raw = read_number(value);
  return PlayoutDelay{static_cast<std::uint16_t>(raw >> 12U),
                      static_cast<std::uint16_t>(raw & 0xFFFU)};
}

std::optional<AbsCaptureTime> PacketView::abs_capture_time() const {
  const auto value = extension(ExtensionKind::kAbsCaptureTime);
  if (value.size() != 8 && value.size() != 16) {
    return std::nullopt;
  }
  AbsCaptureTime time;
  time.ntp = read_number(value.first(8));
  if (value.size() == 16) {
    time.clock_offset = static_cast<std::int64_t>(read_number(value.last(8)));
  }
  return time;
}

}  // namespace parlance::rtp
