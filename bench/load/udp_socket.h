// A client's UDP socket, and reading many of its datagrams at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <sys/socket.h>
#include <sys/uio.h>

#include "bench/load/clock.h"
#include "bench/load/descriptor.h"

namespace parlance::load {

// Connected to one server address. Datagrams that the kernel can join on the way (UDP_GRO) arrive
// joined, stamped with the time of their arrival.
class UdpSocket {
 public:
  // Throws std::system_error where there is no way to the server.
  UdpSocket(const std::string& server_ip, std::uint16_t port);

  int descriptor() const { return fd_.get(); }

  bool send(std::span<const std::uint8_t> datagram) const;

  // Datagrams that the kernel threw away because this client did not read in time.
  std::uint64_t dropped() const;

  // Leaves as little room for what is not read as the kernel allows.
  void shrink_buffer() const;

 private:
  Descriptor fd_;
};

// Buffers that all sockets of a thread read into, one after the other.
class ReceiveBatch {
 public:
  ReceiveBatch();

  using Handler = std::function<void(std::span<std::uint8_t>, Nanoseconds)>;

  // Everything that is there, or a good part of it, datagram by datagram.
  void read(const UdpSocket& socket, const Handler& handler);

 private:
  void hand_out(std::size_t message, const Handler& handler);

  static constexpr std::size_t kMessages = 8;
  static constexpr std::size_t kBuffer = 65'536;

  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, 128> bytes;
  };

  std::vector<std::uint8_t> buffer_;
  std::array<mmsghdr, kMessages> headers_{};
  std::array<iovec, kMessages> vectors_{};
  std::array<Control, kMessages> controls_{};
};

}  // namespace parlance::load
