#include "sfu/worker/segment_size.h"

#include <cstring>

#include <netinet/in.h>
#include <netinet/udp.h>

namespace parlance::sfu {

bool can_segment(int fd) {
  const int off = 0;
  return setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &off, sizeof off) == 0;
}

void add_segment_size(std::uint16_t size, SegmentControl& room, msghdr& header) {
  const std::size_t before = header.msg_controllen;
  if (before != 0) {
    std::memcpy(room.bytes.data(), header.msg_control, before);
  }
  cmsghdr message{};
  message.cmsg_level = IPPROTO_UDP;
  message.cmsg_type = UDP_SEGMENT;
  message.cmsg_len = CMSG_LEN(sizeof size);
  std::uint8_t* const at = room.bytes.data() + before;
  std::memcpy(at, &message, sizeof message);
  std::memcpy(at + CMSG_LEN(0), &size, sizeof size);
  header.msg_control = room.bytes.data();
  header.msg_controllen = before + SegmentControl::kSegmentBytes;
}

void remove_segment_size(msghdr& header) {
  header.msg_controllen -= SegmentControl::kSegmentBytes;
}

bool ask_for_groups(int fd) {
  const int on = 1;
  return setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on) == 0;
}

std::optional<std::size_t> segment_size_of(const msghdr& received) {
  const cmsghdr* const found = find_control(received, IPPROTO_UDP, UDP_GRO);
  int size = 0;
  if (found == nullptr) {
    return std::nullopt;
  }
  std::memcpy(&size, CMSG_DATA(found), sizeof size);
  return size > 0 ? std::optional(static_cast<std::size_t>(size)) : std::nullopt;
}

}  // namespace parlance::sfu
