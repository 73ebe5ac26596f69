// What is known of a received RTP packet once it was accepted; lies beside its bytes in the slot.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "rtp/codec/codec.h"
#include "rtp/packet/packet_view.h"
#include "rtp/stream/sequence.h"

namespace parlance::sfu {

// Filled in by the producer and its stream before a consumer sees the packet, constant afterwards.
struct MediaPacket {
  rtp::PacketView view;
  rtp::ExtendedSequence sequence = 0;
  Timestamp accepted_at{};
  rtp::PayloadInfo info;
  std::uint8_t payload_type = 0;  // the router's number for the publisher's
  // To be added to the abs-capture-time's clock offset, Q32.32; nothing as long as the publisher's
  // clock is unknown.
  std::optional<std::int64_t> capture_clock_offset;
  // Bytes to be added by everyone who sends it, so that it makes a train with its neighbours.
  std::uint8_t padding = 0;
};

}  // namespace parlance::sfu
