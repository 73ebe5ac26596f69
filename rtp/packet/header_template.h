// The header that one consumer's packets carry, laid out once, filled in for each packet.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "rtp/packet/extension_map.h"
#include "rtp/packet/packet_view.h"

namespace parlance::rtp {

// Values of one outgoing packet. Those of extensions that the consumer didn't agree on are ignored.
struct OutgoingFields {
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  bool marker = false;
  std::uint16_t transport_sequence = 0;
  std::uint32_t abs_send_time = 0;  // 24 bits, see abs_send_time_of() in stream/ntp.h
  // What to add to the publisher's abs-capture-time clock offset, Q32.32; nothing: copy as
  // received.
  std::optional<std::int64_t> capture_clock_offset;
  std::uint8_t padding = 0;  // bytes behind the payload, RFC 3550 section 5.1
};

// Bytes that the extensions which are passed on as received take in such a packet. Packets with the
// same number get headers of the same size from one template.
std::size_t copied_extensions_size(const PacketView& received);

// MID, abs-send-time and transport-cc sequence stand in every packet at fixed offsets, so that the
// packets of a frame keep equal sizes (GSO trains want that). Audio level, orientation, time
// offset, capture time and playout delay follow where the received packet has them and the consumer
// agreed to them. RID, dependency descriptor and packet id are never sent.
class HeaderTemplate {
 public:
  // The longest header that write_header() makes.
  static constexpr std::size_t kMaxSize = 96;

  HeaderTemplate() = default;

  // `mid` has 16 bytes at most and the negotiated ids are below 15: ours, so a CHECK.
  HeaderTemplate(std::uint8_t payload_type,
                 Ssrc ssrc,
                 std::string_view mid,
                 std::span<const RtpHeaderExtensionParameters> negotiated);

  Ssrc ssrc() const { return ssrc_; }

  std::uint8_t payload_type() const { return payload_type_; }

  bool sends(ExtensionKind kind) const { return extensions_.id(kind) != 0; }

  // Header, payload (without its own padding) and fields.padding into `out`; returns the size, 0
  // where `out` has less than kMaxSize bytes beyond payload and padding (write_rtx: beyond payload
  // and OSN; it doesn't pad).
  std::size_t write(std::span<std::uint8_t> out,
                    const PacketView& received,
                    const OutgoingFields& fields) const;

  // The same as an RTX packet (RFC 4588 section 4): this is the RTX stream's template,
  // fields.sequence its own numbering, `original_sequence` what the consumer's media stream used.
  std::size_t write_rtx(std::span<std::uint8_t> out,
                        const PacketView& received,
                        const OutgoingFields& fields,
                        std::uint16_t original_sequence) const;

  // A packet of padding only (RFC 3550 section 5.1): no payload, `padding` bytes, 1 to 255.
  std::size_t write_padding(std::span<std::uint8_t> out,
                            const OutgoingFields& fields,
                            std::uint8_t padding) const;

 private:
  std::size_t write_header(std::span<std::uint8_t> out,
                           const PacketView* received,
                           const OutgoingFields& fields) const;
  std::size_t append_copied(std::span<std::uint8_t> out,
                            std::size_t at,
                            const PacketView& received,
                            const OutgoingFields& fields) const;

  ExtensionMap extensions_;
  std::array<std::uint8_t, kMaxSize> bytes_{};
  std::size_t fixed_size_ = 0;        // up to the end of the fixed extensions, unpadded
  std::size_t abs_send_time_at_ = 0;  // 0: not sent
  std::size_t transport_sequence_at_ = 0;
  Ssrc ssrc_ = 0;
  std::uint8_t payload_type_ = 0;
};

}  // namespace parlance::rtp
