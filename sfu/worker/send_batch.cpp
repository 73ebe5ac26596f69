#include "sfu/worker/send_batch.h"

#include <algorithm>
#include <cerrno>
#include <span>

namespace parlance::sfu {

namespace {

// The kernel or the device doesn't cut this train; its datagrams may go all the same.
bool refuses_train(int error) {
  return error == EIO || error == EINVAL || error == EMSGSIZE || error == EOPNOTSUPP;
}

}  // namespace

SendBatch::Result SendBatch::flush(Outbox& outbox, LocalEnds& ends) {
  Result result;
  if (outbox.empty()) {
    return result;
  }
  const auto sockets = ends.sockets();
  while (trains_.size() < sockets.size()) {
    trains_.push_back(sockets[trains_.size()].can_segment() ? 1 : 0);
  }
  for (socket_ = 0; socket_ < sockets.size(); ++socket_) {
    fd_ = sockets[socket_].fd();
    for (const Outbox::Train& train : outbox.trains()) {
      if (ends.socket_of(train.to.socket) == socket_) {
        add(outbox, train, ends, result);
      }
    }
    send_added(result);
  }
  outbox.clear();
  return result;
}

void SendBatch::add(Outbox& outbox, const Outbox::Train& train, LocalEnds& ends, Result& result) {
  for (std::uint32_t next = train.first; next != Outbox::kEnd;) {
    if (messages_ == kMessages || datagrams_ == kDatagrams) {
      send_added(result);
    }
    next = add_message(outbox, train.to, next, ends);
  }
}

std::uint32_t SendBatch::add_message(Outbox& outbox,
                                     const Path& to,
                                     std::uint32_t first,
                                     LocalEnds& ends) {
  const std::size_t begin = datagrams_;
  const std::uint32_t next =
      take_equal_sizes(outbox, first, trains_[socket_] != 0 ? kMaxSegments : 1);
  msghdr& header = headers_[messages_].msg_hdr;
  header = {};
  header.msg_name = &names_[messages_];
  header.msg_namelen = to_kernel(to.remote, names_[messages_]);
  header.msg_iov = &vectors_[begin];
  header.msg_iovlen = datagrams_ - begin;
  ends.set_source(to.socket, header);
  if (header.msg_iovlen > 1) {
    const auto size = static_cast<std::uint16_t>(vectors_[begin].iov_len);
    add_segment_size(size, controls_[messages_], header);
  }
  ++messages_;
  return next;
}

// Takes the first and those that may follow it in one message; returns the one after.
std::uint32_t SendBatch::take_equal_sizes(Outbox& outbox, std::uint32_t first, std::size_t most) {
  const std::size_t size = outbox.bytes(first).size();
  const std::size_t end = std::min(
      kDatagrams, datagrams_ + std::min(most, kMaxTrainBytes / std::max<std::size_t>(size, 1)));
  std::uint32_t next = first;
  do {
    const auto bytes = outbox.bytes(next);
    if (bytes.size() > size) {
      return next;
    }
    // sendmmsg reads only; its structure knows no const.
    vectors_[datagrams_++] = {.iov_base = const_cast<std::uint8_t*>(bytes.data()),
                              .iov_len = bytes.size()};
    next = outbox.next(next);
    if (bytes.size() < size) {
      return next;
    }
  } while (next != Outbox::kEnd && datagrams_ < end);
  return next;
}

void SendBatch::send_added(Result& result) {
  std::size_t at = 0;
  while (at < messages_) {
    const int sent =
        sendmmsg(fd_, &headers_[at], static_cast<unsigned>(messages_ - at), MSG_DONTWAIT);
    if (sent > 0) {
      at += static_cast<std::size_t>(sent);
      continue;
    }
    const int error = errno;
    msghdr& refused = headers_[at].msg_hdr;
    if (error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS) {
      for (; at < messages_; ++at) {
        result.buffer_full += headers_[at].msg_hdr.msg_iovlen;
      }
    } else if (refused.msg_iovlen > 1 && refuses_train(error)) {
      send_one_by_one(refused, error, result);
      ++at;
    } else if (error != EINTR) {
      result.errors += refused.msg_iovlen;  // of this message only
      ++at;
    }
  }
  messages_ = 0;
  datagrams_ = 0;
}

void SendBatch::send_one_by_one(msghdr& train, int error, Result& result) {
  ++result.trains_refused;
  if (error == EIO) {
    // No checksum offload on the way out: it would refuse every train.
    trains_[socket_] = 0;
  }
  remove_segment_size(train);
  const std::span datagrams(train.msg_iov, train.msg_iovlen);
  train.msg_iovlen = 1;
  for (iovec& datagram : datagrams) {
    train.msg_iov = &datagram;
    if (sendmsg(fd_, &train, MSG_DONTWAIT) >= 0) {
      continue;
    }
    const bool full = errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS;
    ++(full ? result.buffer_full : result.errors);
  }
}

}  // namespace parlance::sfu
