// Datagrams out of a socket, up to 64 with one system call, straight into slots of a shard's pool.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <sys/socket.h>
#include <sys/uio.h>

#include "sfu/packet/packet_pool.h"
#include "sfu/transport/shard.h"
#include "sfu/worker/local_ends.h"
#include "sfu/worker/packet_info.h"
#include "sfu/worker/socket_address.h"

namespace parlance::sfu {

class ReceiveBatch {
 public:
  static constexpr std::size_t kSize = 64;

  struct Result {
    std::span<ReceivedDatagram> datagrams;
    std::size_t too_long = 0;  // longer than a slot
    std::size_t no_slot = 0;   // the pool was exhausted: read and thrown away
    bool more = false;         // the batch was full
  };

  // From one of that socket's descriptors; the paths have the end that each datagram came to. Slots
  // that the caller leaves in the datagrams are used again.
  Result receive(LocalEnds& ends, SocketId socket, int fd, PacketPool& pool);

  // From its first.
  Result receive(LocalEnds& ends, SocketId socket, PacketPool& pool) {
    return receive(ends, socket, ends.sockets()[socket].fd(), pool);
  }

 private:
  std::size_t prepare(bool with_info, PacketPool& pool);
  std::size_t discard(int fd);

  std::array<ReceivedDatagram, kSize> datagrams_;
  std::array<mmsghdr, kSize> headers_{};
  std::array<iovec, kSize> vectors_{};
  std::array<KernelAddress, kSize> names_{};
  std::array<PacketInfo, kSize> infos_{};
};

}  // namespace parlance::sfu
