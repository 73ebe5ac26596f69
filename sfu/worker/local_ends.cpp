#include "sfu/worker/local_ends.h"

#include <algorithm>

namespace parlance::sfu {

LocalEnds::LocalEnds(std::span<const UdpSocket> sockets) : sockets_(sockets) {
  // What is sent points into it: it must not move.
  ends_.reserve(sockets.size() + kMaxAddresses);
  for (SocketId id = 0; id < sockets.size(); ++id) {
    ends_.push_back({.socket = id, .address = {}, .info = {}});
  }
}

SocketId LocalEnds::find(SocketId socket, const msghdr& received) {
  const auto address = sockets_[socket].is_wildcard() ? destination_of(received) : std::nullopt;
  if (!address) {
    return socket;
  }
  const auto matches = [&](const End& end) {
    return end.info.size != 0 && end.socket == socket && end.address == *address;
  };
  // A machine has few addresses, and neighbours in a batch mostly come to one of them.
  if (matches(ends_[last_found_])) {
    return last_found_;
  }
  const auto found = std::ranges::find_if(ends_, matches);
  if (found == ends_.end()) {
    if (ends_.size() == sockets_.size() + kMaxAddresses) {
      return socket;
    }
    ends_.push_back({.socket = socket, .address = *address, .info = to_packet_info(*address)});
    return static_cast<SocketId>(ends_.size() - 1);
  }
  last_found_ = static_cast<SocketId>(found - ends_.begin());
  return last_found_;
}

void LocalEnds::set_source(SocketId end, msghdr& header) {
  PacketInfo& info = ends_[end].info;
  if (info.size != 0) {
    header.msg_control = info.bytes.data();
    header.msg_controllen = info.size;
  }
}

}  // namespace parlance::sfu
