#include "sfu/packet/packet_pool.h"

namespace parlance::sfu {

PacketPool::PacketPool(std::size_t slots)
    : capacity_(slots),
      available_(slots),
      slots_(std::make_unique_for_overwrite<PacketSlot[]>(slots)) {
  for (std::size_t i = slots; i-- > 0;) {
    slots_[i].pool_ = this;
    slots_[i].next_free_ = free_;
    free_ = &slots_[i];
  }
}

PacketRef PacketPool::acquire() {
  if (free_ == nullptr) {
    return {};
  }
  PacketSlot& slot = *free_;
  free_ = slot.next_free_;
  slot.size_ = 0;
  --available_;
  return PacketRef(&slot);
}

void PacketPool::give_back(PacketSlot& slot) {
  slot.next_free_ = free_;
  free_ = &slot;
  ++available_;
}

}  // namespace parlance::sfu
