// An outbox onto the wire, by as few system calls as possible.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <sys/socket.h>
#include <sys/uio.h>

#include "sfu/packet/outbox.h"
#include "sfu/worker/local_ends.h"
#include "sfu/worker/segment_size.h"
#include "sfu/worker/socket_address.h"

namespace parlance::sfu {

// Datagrams of one size that follow each other to one destination are one message, which the
// kernel cuts (UDP_SEGMENT): most of a send's cost is paid once for all of them.
class SendBatch {
 public:
  static constexpr std::size_t kMessages = 256;
  static constexpr std::size_t kDatagrams = 1024;

  struct Result {
    std::size_t buffer_full = 0;     // the kernel's send buffer is full: dropped, never waited for
    std::size_t errors = 0;          // unreachable, forbidden by a firewall
    std::size_t trains_refused = 0;  // their datagrams went one by one
  };

  // Sends what is in the outbox, train by train, and clears it.
  Result flush(Outbox& outbox, LocalEnds& ends);

 private:
  void add(Outbox& outbox, const Outbox::Train& train, LocalEnds& ends, Result& result);
  std::uint32_t add_message(Outbox& outbox, const Path& to, std::uint32_t first, LocalEnds& ends);
  std::uint32_t take_equal_sizes(Outbox& outbox, std::uint32_t first, std::size_t most);
  void send_added(Result& result);
  void send_one_by_one(msghdr& train, int error, Result& result);

  // The socket at work.
  SocketId socket_ = 0;
  int fd_ = -1;
  std::vector<char> trains_;  // by socket: not refused yet

  std::size_t messages_ = 0;
  std::size_t datagrams_ = 0;
  std::array<mmsghdr, kMessages> headers_{};
  std::array<KernelAddress, kMessages> names_{};
  std::array<SegmentControl, kMessages> controls_{};
  std::array<iovec, kDatagrams> vectors_{};
};

}  // namespace parlance::sfu
