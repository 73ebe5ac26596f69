#include "bench/load/udp_socket.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/udp.h>

#ifndef UDP_GRO
#define UDP_GRO 104  // linux/udp.h, which can't be included beside netinet/udp.h
#endif

namespace parlance::load {

namespace {

constexpr int kReceiveBuffer = 4 * 1024 * 1024;

template <typename T>
T value_of(const cmsghdr* message) {
  T value{};
  std::memcpy(&value, CMSG_DATA(message), sizeof value);
  return value;
}

// What the kernel says beside a message.
struct Arrived {
  std::size_t segment = 0;  // bytes of each datagram that was joined into it; 0: it is one
  Nanoseconds at = 0;
};

Arrived arrived(msghdr& header) {
  Arrived said;
  for (cmsghdr* message = CMSG_FIRSTHDR(&header); message != nullptr;
       message = CMSG_NXTHDR(&header, message)) {
    if (message->cmsg_level == IPPROTO_UDP && message->cmsg_type == UDP_GRO) {
      said.segment = static_cast<std::size_t>(value_of<int>(message));
    } else if (message->cmsg_level == SOL_SOCKET && message->cmsg_type == SCM_TIMESTAMPNS) {
      said.at = to_nanoseconds(value_of<timespec>(message));
    }
  }
  return said;
}

}  // namespace

UdpSocket::UdpSocket(const std::string& server_ip, std::uint16_t port)
    : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  constexpr int kOn = 1;
  const int fd = fd_.get();
  setsockopt(fd, IPPROTO_UDP, UDP_GRO, &kOn, sizeof kOn);
  setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &kOn, sizeof kOn);
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer) != 0) {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
  }
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(port);
  if (inet_pton(AF_INET, server_ip.c_str(), &server.sin_addr) != 1 ||
      connect(fd, static_cast<const sockaddr*>(static_cast<const void*>(&server)), sizeof server) !=
          0) {
    throw std::system_error(errno, std::generic_category(), "no UDP socket towards " + server_ip);
  }
}

bool UdpSocket::send(std::span<const std::uint8_t> datagram) const {
  return ::send(fd_.get(), datagram.data(), datagram.size(), MSG_DONTWAIT) ==
         static_cast<ssize_t>(datagram.size());
}

std::uint64_t UdpSocket::dropped() const {
  std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
  socklen_t size = sizeof memory;
  getsockopt(fd_.get(), SOL_SOCKET, SO_MEMINFO, memory.data(), &size);
  return memory[SK_MEMINFO_DROPS];
}

void UdpSocket::shrink_buffer() const {
  constexpr int kLeast = 1;
  setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &kLeast, sizeof kLeast);
}

ReceiveBatch::ReceiveBatch() : buffer_(kMessages * kBuffer) {
  for (std::size_t i = 0; i < kMessages; ++i) {
    vectors_[i] = {.iov_base = &buffer_[i * kBuffer], .iov_len = kBuffer};
    headers_[i].msg_hdr.msg_iov = &vectors_[i];
    headers_[i].msg_hdr.msg_iovlen = 1;
  }
}

void ReceiveBatch::read(const UdpSocket& socket, const Handler& handler) {
  for (std::size_t i = 0; i < kMessages; ++i) {
    headers_[i].msg_hdr.msg_control = controls_[i].bytes.data();
    headers_[i].msg_hdr.msg_controllen = controls_[i].bytes.size();
  }
  const int count =
      recvmmsg(socket.descriptor(), headers_.data(), kMessages, MSG_DONTWAIT, nullptr);
  for (int i = 0; i < count; ++i) {
    hand_out(static_cast<std::size_t>(i), handler);
  }
}

void ReceiveBatch::hand_out(std::size_t message, const Handler& handler) {
  const auto [segment, at] = arrived(headers_[message].msg_hdr);
  auto rest = std::span(buffer_).subspan(message * kBuffer, headers_[message].msg_len);
  while (!rest.empty()) {
    const auto datagram = rest.first(segment == 0 ? rest.size() : std::min(segment, rest.size()));
    handler(datagram, at);
    rest = rest.subspan(datagram.size());
  }
}

}  // namespace parlance::load
