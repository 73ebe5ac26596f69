#include "sfu/worker/send_batch.h"

#include <cerrno>

namespace parlance::sfu {

SendBatch::Result SendBatch::flush(Outbox& outbox, LocalEnds& ends) {
  Result result;
  if (outbox.empty()) {
    return result;
  }
  for (SocketId id = 0; id < ends.sockets().size(); ++id) {
    const int fd = ends.sockets()[id].fd();
    for (const Outbox::Train& train : outbox.trains()) {
      if (ends.socket_of(train.to.socket) == id) {
        add(outbox, train, ends, fd, result);
      }
    }
    send_added(fd, result);
  }
  outbox.clear();
  return result;
}

void SendBatch::add(
    Outbox& outbox, const Outbox::Train& train, LocalEnds& ends, int fd, Result& result) {
  for (std::uint32_t i = train.first; i != Outbox::kEnd; i = outbox.next(i)) {
    if (added_ == kSize) {
      send_added(fd, result);
    }
    const auto bytes = outbox.bytes(i);
    // sendmmsg reads only; its structure knows no const.
    vectors_[added_] = {.iov_base = const_cast<std::uint8_t*>(bytes.data()),
                        .iov_len = bytes.size()};
    msghdr& header = headers_[added_].msg_hdr;
    header = {};
    header.msg_name = &names_[added_];
    header.msg_namelen = to_kernel(train.to.remote, names_[added_]);
    header.msg_iov = &vectors_[added_];
    header.msg_iovlen = 1;
    ends.set_source(train.to.socket, header);
    ++added_;
  }
}

void SendBatch::send_added(int fd, Result& result) {
  std::size_t at = 0;
  while (at < added_) {
    const int sent = sendmmsg(fd, &headers_[at], static_cast<unsigned>(added_ - at), MSG_DONTWAIT);
    if (sent > 0) {
      at += static_cast<std::size_t>(sent);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
      result.buffer_full += added_ - at;
      break;
    } else if (errno != EINTR) {
      ++result.errors;  // of this datagram only
      ++at;
    }
  }
  added_ = 0;
}

}  // namespace parlance::sfu
