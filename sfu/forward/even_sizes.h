// Pads packets that follow each other to one size, so that they leave as one train.
#pragma once

#include <cstddef>
#include <span>

#include "sfu/packet/packet_pool.h"

namespace parlance::sfu {

// A packetizer cuts a frame into parts that differ by a byte or two; the kernel wants the datagrams
// of a train to be equal, and a second train costs as much as 20 datagrams of the first.
inline constexpr std::size_t kMaxEvenPadding = 8;

// Notes in each packet how much to add. Nobody has sent them yet.
void even_sizes(std::span<const PacketRef> packets);

}  // namespace parlance::sfu
