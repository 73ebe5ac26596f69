#include "sfu/worker/feedback_filter.h"

#include <array>
#include <cstdint>

#include <linux/filter.h>
#include <sys/socket.h>

namespace parlance::sfu {

namespace {

// What the filter answers: positions in the group of sockets, in the order of their binding.
constexpr std::uint32_t kMediaSocket = 0;
constexpr std::uint32_t kFeedbackSocket = 1;

sock_filter load_byte(std::uint32_t at) {
  return {.code = BPF_LD | BPF_B | BPF_ABS, .jt = 0, .jf = 0, .k = at};
}

// Skips so many instructions where the byte is at least `limit`, or where it is not.
sock_filter at_least(std::uint32_t limit, std::uint8_t then, std::uint8_t otherwise) {
  return {.code = BPF_JMP | BPF_JGE | BPF_K, .jt = then, .jf = otherwise, .k = limit};
}

sock_filter answer(std::uint32_t socket) {
  return {.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = socket};
}

}  // namespace

bool filter_feedback(int media_fd) {
  // RFC 7983: RTP and RTCP begin with 128 to 191; RFC 5761 section 4: RTCP goes on with 192 to 223.
  // A datagram too short for a look at its bytes is answered with 0 by the kernel.
  std::array program{load_byte(0),
                     at_least(128, 0, 5),
                     at_least(192, 4, 0),
                     load_byte(1),
                     at_least(192, 0, 2),
                     at_least(224, 1, 0),
                     answer(kFeedbackSocket),
                     answer(kMediaSocket)};
  const sock_fprog attached{.len = program.size(), .filter = program.data()};
  return setsockopt(media_fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &attached, sizeof attached) ==
         0;
}

}  // namespace parlance::sfu
