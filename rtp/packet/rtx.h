// Received RTX packets (RFC 4588) turned back into the originals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtp/packet/packet_view.h"

namespace parlance::rtp {

inline constexpr std::size_t kRtxOverhead = 2;  // the OSN

// Rewrites the RTX packet in place, before it becomes immutable: the header moves two bytes up over
// the original sequence number (OSN) and gets the media stream's payload type and SSRC. Returns the
// original packet, the same buffer without its first two bytes, to be parsed anew (`rtx` is void
// then); nothing for a packet without an OSN, which is padding that probes the bandwidth.
std::optional<std::span<std::uint8_t>> restore_from_rtx(std::span<std::uint8_t> packet,
                                                        const PacketView& rtx,
                                                        std::uint8_t media_payload_type,
                                                        Ssrc media_ssrc);

// The OSN: the number the packet had in the media stream. Nothing where the payload is shorter.
std::optional<std::uint16_t> original_sequence(const PacketView& rtx);

}  // namespace parlance::rtp
