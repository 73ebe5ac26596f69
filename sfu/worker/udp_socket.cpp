#include "sfu/worker/udp_socket.h"

#include <cerrno>
#include <utility>

#include <sys/socket.h>

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

}  // namespace

UdpSocket::UdpSocket(FileDescriptor fd, const SocketAddress& local)
    : fd_(std::move(fd)),
      local_(local),
      wildcard_(local.is_any()),
      can_segment_(sfu::can_segment(fd_.get())) {}

std::expected<UdpSocket, int> UdpSocket::bind(const SocketAddress& address) {
  const int family = address.is_v6() ? AF_INET6 : AF_INET;
  FileDescriptor fd(socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) {
    return std::unexpected(errno);
  }
  const int on = 1;
  if (address.is_v6() && setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0) {
    return std::unexpected(errno);
  }
  if (address.is_any() && !ask_for_packet_info(fd.get(), address.is_v6())) {
    return std::unexpected(errno);
  }
  enlarge_buffer(fd.get(), SO_RCVBUFFORCE, SO_RCVBUF);
  enlarge_buffer(fd.get(), SO_SNDBUFFORCE, SO_SNDBUF);
  KernelAddress name{};
  socklen_t size = to_kernel(address, name);
  // Neither SO_REUSEADDR nor SO_REUSEPORT: a second server has to fail here.
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
