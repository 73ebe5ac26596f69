#include "sfu/worker/receive_batch.h"

#include <algorithm>
#include <utility>

namespace parlance::sfu {

ReceiveBatch::ReceiveBatch()
    : overflow_(std::make_unique_for_overwrite<std::uint8_t[]>(kSize * kOverflow)) {
  datagrams_.reserve(kUsualDatagrams);
}

std::size_t ReceiveBatch::prepare(PacketPool& pool) {
  for (std::size_t i = 0; i < kSize; ++i) {
    if (!slots_[i]) {
      slots_[i] = pool.acquire();
    }
    if (!slots_[i]) {
      return i;
    }
    const auto buffer = slots_[i]->buffer();
    vectors_[i][0] = {.iov_base = buffer.data(), .iov_len = buffer.size()};
    vectors_[i][1] = {.iov_base = &overflow_[i * kOverflow], .iov_len = kOverflow};
    headers_[i].msg_hdr = {.msg_name = &names_[i],
                           .msg_namelen = sizeof names_[i],
                           .msg_iov = vectors_[i].data(),
                           .msg_iovlen = vectors_[i].size(),
                           .msg_control = controls_[i].bytes.data(),
                           .msg_controllen = controls_[i].bytes.size(),
                           .msg_flags = 0};
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
  datagrams_.clear();
  const std::size_t slots = prepare(pool);
  if (slots == 0) {
    result.no_slot = discard(fd);
    return result;
  }
  const int received =
      recvmmsg(fd, headers_.data(), static_cast<unsigned>(slots), MSG_DONTWAIT, nullptr);
  for (int i = 0; i < received; ++i) {
    const auto message = static_cast<std::size_t>(i);
    const Path from{.socket = ends.find(socket, headers_[message].msg_hdr),
                    .remote = from_kernel(names_[message])};
    take(message, from, pool, result);
  }
  result.datagrams = datagrams_;
  result.more = received > 0 && static_cast<std::size_t>(received) == slots;
  return result;
}

void ReceiveBatch::take(std::size_t message, const Path& from, PacketPool& pool, Result& result) {
  const msghdr& header = headers_[message].msg_hdr;
  const std::size_t all = headers_[message].msg_len;
  const std::size_t each = segment_size_of(header).value_or(all);
  if ((header.msg_flags & MSG_TRUNC) != 0 || each > kMaxDatagramBytes) {
    result.too_long += (all + each - 1) / each;
    return;
  }
  const std::size_t first = datagrams_.size();
  datagrams_.push_back({.packet = slots_[message], .from = from});
  for (std::size_t at = each; at < all; at += each) {
    PacketRef packet = pool.acquire();
    if (!packet) {
      ++result.no_slot;
      continue;
    }
    const std::size_t size = std::min(each, all - at);
    copy_out(message, at, packet->buffer().first(size));
    packet->resize(size);
    datagrams_.push_back({.packet = std::move(packet), .from = from});
  }
  datagrams_[first].packet->resize(std::min(each, all));
  slots_[message].reset();
}

// A part of the message that begins in the slot or behind it.
void ReceiveBatch::copy_out(std::size_t message, std::size_t at, std::span<std::uint8_t> to) const {
  const auto slot = slots_[message]->buffer();
  const std::span overflow(&overflow_[message * kOverflow], kOverflow);
  const std::size_t in_slot = at < slot.size() ? std::min(to.size(), slot.size() - at) : 0;
  if (in_slot > 0) {
    std::ranges::copy(slot.subspan(at, in_slot), to.begin());
  }
  if (in_slot < to.size()) {
    const auto rest = to.subspan(in_slot);
    std::ranges::copy(overflow.subspan(at + in_slot - slot.size(), rest.size()), rest.begin());
  }
}

}  // namespace parlance::sfu
