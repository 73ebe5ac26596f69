// One bound, non-blocking UDP socket.
#pragma once

#include <cstdint>
#include <expected>

#include "sfu/ice/address.h"
#include "sfu/worker/descriptors.h"

namespace parlance::sfu {

class UdpSocket {
 public:
  // What is asked of the kernel for each direction; net.core.rmem_max and wmem_max cap it. At 200
  // Mbps it is 160 ms of a busy shard.
  static constexpr int kBufferBytes = 4 * 1024 * 1024;

  // An IPv6 socket takes IPv6 only, so that both families can have the same port. The error is
  // errno.
  static std::expected<UdpSocket, int> bind(const SocketAddress& address);

  int fd() const { return fd_.get(); }

  // With the port that the kernel chose where none was asked for.
  const SocketAddress& local() const { return local_; }

  // Bound to every address of the machine: each datagram then says which one it came to.
  bool is_wildcard() const { return wildcard_; }

  // How full the buffer is that datagrams wait in: 0 to 1.
  double fullness() const;

  // Takes UDP_SEGMENT; a device on the way may refuse it all the same.
  bool can_segment() const { return can_segment_; }

  // Takes UDP_GRO.
  bool takes_groups() const { return takes_groups_; }

  // RTCP comes here and not to fd(); less than 0 where the kernel doesn't tell them apart.
  int feedback_fd() const { return feedback_.get(); }

 private:
  UdpSocket(FileDescriptor fd, const SocketAddress& local);

  FileDescriptor fd_;
  FileDescriptor feedback_;
  SocketAddress local_;
  bool wildcard_;
  bool can_segment_;
  bool takes_groups_;
};

}  // namespace parlance::sfu
