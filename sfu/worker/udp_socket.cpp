#include "sfu/worker/udp_socket.h"

#include <array>
#include <cerrno>
#include <utility>

#include <linux/sock_diag.h>
#include <sys/socket.h>

#include "sfu/worker/feedback_filter.h"
#include "sfu/worker/packet_info.h"
#include "sfu/worker/segment_size.h"
#include "sfu/worker/socket_address.h"

namespace parlance::sfu {

namespace {

// The forced option needs CAP_NET_ADMIN and ignores the limits; the other is capped by them.
void enlarge_buffer(int fd, int forced, int ordinary) {
  const int size = UdpSocket::kBufferBytes;
  if (setsockopt(fd, SOL_SOCKET, forced, &size, sizeof size) != 0) {
    setsockopt(fd, SOL_SOCKET, ordinary, &size, sizeof size);
  }
}

// With errno where it is refused.
FileDescriptor open_socket(const SocketAddress& address) {
  const int family = address.is_v6() ? AF_INET6 : AF_INET;
  FileDescriptor fd(socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  const bool ready =
      fd.valid() &&
      (!address.is_v6() || setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0) &&
      (!address.is_any() || ask_for_packet_info(fd.get(), address.is_v6()));
  return ready ? std::move(fd) : FileDescriptor();
}

// Beside a bound socket. Nothing where any of it is refused.
FileDescriptor open_feedback(int media_fd, const SocketAddress& local) {
  FileDescriptor fd = open_socket(local);
  const int on = 1;
  KernelAddress name{};
  const socklen_t size = to_kernel(local, name);
  const bool bound = fd.valid() &&
                     setsockopt(media_fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
                     setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
                     bind(fd.get(), &name.any, size) == 0 && filter_feedback(media_fd);
  if (!bound) {
    return {};
  }
  enlarge_buffer(fd.get(), SO_RCVBUFFORCE, SO_RCVBUF);
  return fd;
}

}  // namespace

UdpSocket::UdpSocket(FileDescriptor fd, const SocketAddress& local)
    : fd_(std::move(fd)),
      local_(local),
      wildcard_(local.is_any()),
      can_segment_(sfu::can_segment(fd_.get())),
      takes_groups_(ask_for_groups(fd_.get())) {
  feedback_ = open_feedback(fd_.get(), local_);
}

double UdpSocket::fullness() const {
  std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
  socklen_t size = sizeof memory;
  if (getsockopt(fd_.get(), SOL_SOCKET, SO_MEMINFO, memory.data(), &size) != 0 ||
      memory[SK_MEMINFO_RCVBUF] == 0) {
    return 0;
  }
  return static_cast<double>(memory[SK_MEMINFO_RMEM_ALLOC]) / memory[SK_MEMINFO_RCVBUF];
}

std::expected<UdpSocket, int> UdpSocket::bind(const SocketAddress& address) {
  FileDescriptor fd = open_socket(address);
  if (!fd.valid()) {
    return std::unexpected(errno);
  }
  enlarge_buffer(fd.get(), SO_RCVBUFFORCE, SO_RCVBUF);
  enlarge_buffer(fd.get(), SO_SNDBUFFORCE, SO_SNDBUF);
  KernelAddress name{};
  socklen_t size = to_kernel(address, name);
  // Not SO_REUSEADDR, and SO_REUSEPORT only once it is bound: a second server has to fail here.
  if (::bind(fd.get(), &name.any, size) != 0) {
    return std::unexpected(errno);
  }
  size = sizeof name;
  if (getsockname(fd.get(), &name.any, &size) != 0) {
    return std::unexpected(errno);
  }
  return UdpSocket(std::move(fd), from_kernel(name));
}

}  // namespace parlance::sfu
