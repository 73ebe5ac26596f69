#include "sfu/forward/even_sizes.h"

#include <algorithm>

#include "rtp/packet/header_template.h"

namespace parlance::sfu {

namespace {

std::size_t payload_size(const PacketRef& packet) {
  return packet->media.view.payload().size();
}

}  // namespace

void even_sizes(std::span<const PacketRef> packets) {
  while (!packets.empty()) {
    const std::size_t header = rtp::copied_extensions_size(packets[0]->media.view);
    std::size_t smallest = payload_size(packets[0]);
    std::size_t largest = smallest;
    std::size_t run = 1;
    for (; run < packets.size(); ++run) {
      const std::size_t size = payload_size(packets[run]);
      const std::size_t low = std::min(smallest, size);
      const std::size_t high = std::max(largest, size);
      if (high - low > kMaxEvenPadding ||
          rtp::copied_extensions_size(packets[run]->media.view) != header) {
        break;
      }
      smallest = low;
      largest = high;
    }
    for (const PacketRef& packet : packets.first(run)) {
      packet->media.padding = static_cast<std::uint8_t>(largest - payload_size(packet));
    }
    packets = packets.subspan(run);
  }
}

}  // namespace parlance::sfu
