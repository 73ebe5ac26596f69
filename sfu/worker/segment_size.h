// The control messages of UDP_SEGMENT and UDP_GRO: many datagrams of one size in one send (Linux
// 4.18) or in one receive (Linux 5.0).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

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

// Room for what comes with a received message: the address it was sent to, and its segment size.
struct ReceiveControl {
  alignas(cmsghdr) std::array<std::uint8_t, PacketInfo::kSize + CMSG_SPACE(sizeof(int))> bytes;
};

// Whether this kernel knows the option; one that doesn't would send the train as one datagram.
bool can_segment(int fd);

// Says in `header`, beside what its control message says already, that its bytes are datagrams of
// `size` of which only the last may be shorter. The room is to live as long as the header.
void add_segment_size(std::uint16_t size, SegmentControl& room, msghdr& header);

// Takes that back.
void remove_segment_size(msghdr& header);

// Lets the kernel hand out neighbours of one size from one peer as one message. False where it
// can't: then they come one by one.
bool ask_for_groups(int fd);

// The size of a received message's datagrams, of which the last may be shorter; nothing where it is
// one datagram.
std::optional<std::size_t> segment_size_of(const msghdr& received);

}  // namespace parlance::sfu
