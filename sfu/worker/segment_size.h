// The control message of UDP_SEGMENT: one send of many datagrams of one size (Linux 4.18).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <sys/socket.h>

#include "sfu/worker/packet_info.h"

namespace parlance::sfu {

// What the kernel takes in one send: UDP_MAX_SEGMENTS, and the largest UDP payload over IPv6
// without jumbograms less room for extension headers.
inline constexpr std::size_t kMaxSegments = 64;
inline constexpr std::size_t kMaxTrainBytes = 65'000;

// Room for the segment size behind the address to send from.
struct SegmentControl {
  static constexpr std::size_t kSegmentBytes = CMSG_SPACE(sizeof(std::uint16_t));

  alignas(cmsghdr) std::array<std::uint8_t, PacketInfo::kSize + kSegmentBytes> bytes;
};

// Whether this kernel knows the option; one that doesn't would send the train as one datagram.
bool can_segment(int fd);

// Says in `header`, beside what its control message says already, that its bytes are datagrams of
// `size` of which only the last may be shorter. The room is to live as long as the header.
void add_segment_size(std::uint16_t size, SegmentControl& room, msghdr& header);

// Takes that back.
void remove_segment_size(msghdr& header);

}  // namespace parlance::sfu
