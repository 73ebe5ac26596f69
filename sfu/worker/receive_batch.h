// Datagrams out of a socket by as few system calls as possible, into slots of a shard's pool.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <sys/socket.h>
#include <sys/uio.h>

#include "sfu/packet/packet_pool.h"
#include "sfu/transport/shard.h"
#include "sfu/worker/local_ends.h"
#include "sfu/worker/packet_info.h"
#include "sfu/worker/segment_size.h"
#include "sfu/worker/socket_address.h"

namespace parlance::sfu {

// A message is one datagram or, where the socket takes groups (UDP_GRO), many of one size from one
// peer. The first of a group is read straight into its slot, as every single one is; the others are
// copied to theirs.
class ReceiveBatch {
 public:
  static constexpr std::size_t kSize = 64;  // messages

  struct Result {
    std::span<ReceivedDatagram> datagrams;
    std::size_t too_long = 0;  // longer than a slot
    std::size_t no_slot = 0;   // the pool was exhausted: read and thrown away
    bool more = false;         // the batch was full
  };

  ReceiveBatch();

  // From one of that socket's descriptors; the paths have the end that each datagram came to.
  Result receive(LocalEnds& ends, SocketId socket, int fd, PacketPool& pool);

  // From its first.
  Result receive(LocalEnds& ends, SocketId socket, PacketPool& pool) {
    return receive(ends, socket, ends.sockets()[socket].fd(), pool);
  }

 private:
  // What the kernel puts into one message at most, beyond the slot for its first datagram.
  static constexpr std::size_t kOverflow = 65'536 - kMaxDatagramBytes;

  static constexpr std::size_t kUsualDatagrams = 1024;

  std::size_t prepare(PacketPool& pool);
  std::size_t discard(int fd);
  void take(std::size_t message, const Path& from, PacketPool& pool, Result& result);
  void copy_out(std::size_t message, std::size_t at, std::span<std::uint8_t> to) const;

  std::array<PacketRef, kSize> slots_;  // to read into; those that were not needed are used again
  std::unique_ptr<std::uint8_t[]> overflow_;
  std::vector<ReceivedDatagram> datagrams_;
  std::array<mmsghdr, kSize> headers_{};
  std::array<std::array<iovec, 2>, kSize> vectors_{};
  std::array<KernelAddress, kSize> names_{};
  std::array<ReceiveControl, kSize> controls_{};
};

}  // namespace parlance::sfu
