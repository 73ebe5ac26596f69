// A received RTP packet as it lies in its slot: parsed once, never changed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>

#include "rtp/packet/extension_map.h"

namespace parlance::rtp {

inline constexpr std::size_t kRtpFixedHeaderSize = 12;  // RFC 3550 section 5.1

enum class PacketError : std::uint8_t {
  kTruncated,   // shorter than its header, CSRC list or extension block says
  kBadVersion,  // not RTP version 2
  kBadPadding,  // the padding count is 0 or exceeds the payload
  kTooLarge,    // no datagram holds it
};

// RFC 6464.
struct AudioLevel {
  std::uint8_t below_overload_db = 127;  // 0 loudest, 127 silence
  bool voice = false;

  bool operator==(const AudioLevel&) const = default;
};

// 12 bits each, in units of 10 ms.
struct PlayoutDelay {
  std::uint16_t min_10ms = 0;
  std::uint16_t max_10ms = 0;

  bool operator==(const PlayoutDelay&) const = default;
};

struct AbsCaptureTime {
  std::uint64_t ntp = 0;  // UQ32.32, the capturer's clock
  std::optional<std::int64_t>
      clock_offset;  // Q32.32, capturer's clock minus that of who sends this

  bool operator==(const AbsCaptureTime&) const = default;
};

// A view: valid as long as the bytes are. About 90 bytes, made to lie beside the packet in its
// slot.
class PacketView {
 public:
  // Padding is checked and left out of payload(). An extension block that ends in the middle of an
  // element is no error: what was complete counts (RFC 8285 section 4.1.2).
  static std::expected<PacketView, PacketError> parse(std::span<const std::uint8_t> bytes,
                                                      const ExtensionMap& extensions);

  std::span<const std::uint8_t> bytes() const { return bytes_; }

  bool marker() const { return (bytes_[1] & 0x80U) != 0; }

  std::uint8_t payload_type() const { return bytes_[1] & 0x7FU; }

  std::uint16_t sequence() const { return sequence_; }

  std::uint32_t timestamp() const { return timestamp_; }

  Ssrc ssrc() const { return ssrc_; }

  std::size_t header_size() const { return payload_at_; }

  std::size_t padding_size() const { return bytes_.size() - payload_at_ - payload_size_; }

  std::span<const std::uint8_t> payload() const {
    return bytes_.subspan(payload_at_, payload_size_);
  }

  bool has(ExtensionKind kind) const { return at(kind).offset != 0; }

  // Empty where the packet doesn't carry it (has() tells an empty value from none).
  std::span<const std::uint8_t> extension(ExtensionKind kind) const {
    const Element element = at(kind);
    return bytes_.subspan(element.offset, element.size);
  }

  // MID, RID and repaired RID. Allocates for long values: for finding a stream, not for each
  // packet.
  std::string text(ExtensionKind kind) const;

  std::optional<std::uint32_t> abs_send_time() const;  // 24 bits, 6.18 fixed point seconds
  std::optional<std::uint16_t> transport_sequence() const;
  std::optional<AudioLevel> audio_level() const;
  std::optional<std::uint8_t> video_orientation() const;  // 3GPP TS 26.114 section 7.4.5
  std::optional<std::int32_t> time_offset() const;        // RFC 5450, clock ticks
  std::optional<PlayoutDelay> playout_delay() const;
  std::optional<AbsCaptureTime> abs_capture_time() const;

 private:
  struct Element {
    std::uint16_t offset = 0;
    std::uint8_t size = 0;
  };

  const Element& at(ExtensionKind kind) const { return elements_[static_cast<std::size_t>(kind)]; }

  void parse_one_byte_elements(std::size_t begin, std::size_t end, const ExtensionMap& extensions);
  void parse_two_byte_elements(std::size_t begin, std::size_t end, const ExtensionMap& extensions);

  void add_element(std::uint8_t id,
                   std::size_t at,
                   std::size_t size,
                   const ExtensionMap& extensions);

  std::span<const std::uint8_t> bytes_;
  std::uint32_t timestamp_ = 0;
  Ssrc ssrc_ = 0;
  std::uint16_t sequence_ = 0;
  std::uint16_t payload_at_ = 0;
  std::uint16_t payload_size_ = 0;
  std::array<Element, kExtensionKinds> elements_{};
};

}  // namespace parlance::rtp
