// Between the addresses of the cores and those of the kernel.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "sfu/ice/address.h"

namespace parlance::sfu {

// Big enough for both families, and a quarter of sockaddr_storage.
union KernelAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

// Returns how many bytes of `out` are used.
socklen_t to_kernel(const SocketAddress& address, KernelAddress& out);

// Of an address that the kernel filled in.
SocketAddress from_kernel(const KernelAddress& address);

}  // namespace parlance::sfu
