#include "sfu/packet/packet_pool.h"

#include <ranges>

namespace parlance::sfu {

PacketPool::PacketPool(std::size_t max_slots)
    : max_blocks_((max_slots + kBlockSlots - 1) / kBlockSlots) {
  blocks_.reserve(max_blocks_);
}

PacketRef PacketPool::acquire() {
  if (free_ == nullptr && !grow()) {
    return {};
  }
  PacketSlot& slot = *free_;
  free_ = slot.next_free_;
  slot.begin_ = 0;
  slot.size_ = 0;
  ++in_use_;
  return PacketRef(&slot);
}

bool PacketPool::grow() {
  if (blocks_.size() == max_blocks_) {
    return false;
  }
  blocks_.push_back(std::make_unique_for_overwrite<PacketSlot[]>(kBlockSlots));
  const std::span block(blocks_.back().get(), kBlockSlots);
  for (PacketSlot& slot : std::views::reverse(block)) {
    slot.pool_ = this;
    slot.next_free_ = free_;
    free_ = &slot;
  }
  return true;
}

void PacketPool::give_back(PacketSlot& slot) {
  slot.next_free_ = free_;
  free_ = &slot;
  --in_use_;
}

}  // namespace parlance::sfu
