#include "sfu/worker/receive_batch.h"

#include <utility>

namespace parlance::sfu {

std::size_t ReceiveBatch::prepare(bool with_info, PacketPool& pool) {
  for (std::size_t i = 0; i < kSize; ++i) {
    PacketRef& packet = datagrams_[i].packet;
    if (!packet) {
      packet = pool.acquire();
    }
    if (!packet) {
      return i;
    }
    const auto buffer = packet->buffer();
    vectors_[i] = {.iov_base = buffer.data(), .iov_len = buffer.size()};
    msghdr& header = headers_[i].msg_hdr;
    header = {};
    header.msg_name = &names_[i];
    header.msg_namelen = sizeof names_[i];
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    if (with_info) {
      header.msg_control = infos_[i].bytes.data();
      header.msg_controllen = infos_[i].bytes.size();
    }
  }
  return kSize;
}

std::size_t ReceiveBatch::discard(int fd) {
  for (mmsghdr& header : headers_) {
    header.msg_hdr = {};
  }
  const int count = recvmmsg(fd, headers_.data(), kSize, MSG_DONTWAIT, nullptr);
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

ReceiveBatch::Result ReceiveBatch::receive(LocalEnds& ends,
                                           SocketId socket,
                                           int fd,
                                           PacketPool& pool) {
  Result result;
  const std::size_t slots = prepare(ends.sockets()[socket].is_wildcard(), pool);
  if (slots == 0) {
    result.no_slot = discard(fd);
    return result;
  }
  const int received =
      recvmmsg(fd, headers_.data(), static_cast<unsigned>(slots), MSG_DONTWAIT, nullptr);
  if (received <= 0) {
    return result;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(received); ++i) {
    if ((headers_[i].msg_hdr.msg_flags & MSG_TRUNC) != 0) {
      ++result.too_long;
      continue;
    }
    datagrams_[i].packet->resize(headers_[i].msg_len);
    datagrams_[i].from = {.socket = ends.find(socket, headers_[i].msg_hdr),
                          .remote = from_kernel(names_[i])};
    if (kept != i) {
      std::swap(datagrams_[kept], datagrams_[i]);
    }
    ++kept;
  }
  result.datagrams = std::span(datagrams_).first(kept);
  result.more = static_cast<std::size_t>(received) == slots;
  return result;
}

}  // namespace parlance::sfu
