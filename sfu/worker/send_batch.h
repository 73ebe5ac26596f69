// An outbox onto the wire, by as few system calls as possible.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <sys/socket.h>
#include <sys/uio.h>

#include "sfu/packet/outbox.h"
#include "sfu/worker/local_ends.h"
#include "sfu/worker/socket_address.h"

namespace parlance::sfu {

class SendBatch {
 public:
  static constexpr std::size_t kSize = 256;

  struct Result {
    std::size_t buffer_full = 0;  // the kernel's send buffer is full: dropped, never waited for
    std::size_t errors = 0;       // unreachable, forbidden by a firewall
  };

  // Sends what is in the outbox, train by train, and clears it.
  Result flush(Outbox& outbox, LocalEnds& ends);

 private:
  void add(Outbox& outbox, const Outbox::Train& train, LocalEnds& ends, int fd, Result& result);
  void send_added(int fd, Result& result);

  std::size_t added_ = 0;
  std::array<mmsghdr, kSize> headers_{};
  std::array<iovec, kSize> vectors_{};
  std::array<KernelAddress, kSize> names_{};
};

}  // namespace parlance::sfu
