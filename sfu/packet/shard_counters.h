// What a shard counts; lent down to everything that counts.
#pragma once

#include <cstdint>

#include "sfu/packet/drop_reason.h"

namespace parlance::sfu {

// Totals since the shard was made, and what it holds now.
struct ShardCounters {
  std::uint32_t routers = 0;
  std::uint32_t transports = 0;
  std::uint32_t producers = 0;
  std::uint32_t consumers = 0;
  std::uint64_t packets_in = 0;   // datagrams handed in
  std::uint64_t packets_out = 0;  // datagrams put into outboxes
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t rtp_forwarded = 0;        // RTP packets to consumers, retransmissions not counted
  std::uint64_t rtp_retransmitted = 0;    // to consumers
  std::uint64_t nacks_cut_short = 0;      // from consumers that asked for more than is allowed
  std::uint64_t packets_asked_again = 0;  // sequence numbers in NACKs to publishers
  std::uint64_t packets_repaired = 0;     // arrived from publishers after they had been missed
  std::uint64_t key_frames_asked = 0;     // PLI and FIR to publishers
  std::uint64_t key_frames_replayed =
      0;                           // consumers started from stored packets, no request needed
  std::uint64_t frames_shed = 0;   // of video, in an overload
  std::uint64_t pipe_packets = 0;  // passed on to other shards
  std::uint64_t pipe_packets_dropped = 0;  // for which a pipe had no room
  std::uint64_t pipe_frames_dropped = 0;   // of video, from their first packet on
  std::uint64_t pipe_strays = 0;           // came for what is not here any more
  std::uint64_t bugs = 0;                  // failed CHECKs that cost one peer its transport
  DropCounters drops;
};

}  // namespace parlance::sfu
