// Ref-counted slots for received packets, all allocated once per shard.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "sfu/packet/media_packet.h"

namespace parlance::sfu {

// The longest datagram taken from or put on the wire: an Ethernet frame's 1500 bytes less the
// smallest IP and UDP headers is 1472, rounded up to whole cache lines.
inline constexpr std::size_t kMaxDatagramBytes = 1536;

class PacketPool;

// One received datagram. Written by the shell that receives it and by SRTP unprotect, which
// shortens it; constant for everybody after that, however many retransmission rings and queues hold
// it.
// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): clearing the buffer would be for nothing
class PacketSlot {
 public:
  std::span<std::uint8_t> buffer() { return bytes_; }

  std::span<const std::uint8_t> bytes() const { return std::span(bytes_).subspan(begin_, size_); }

  std::span<std::uint8_t> mutable_bytes() { return std::span(bytes_).subspan(begin_, size_); }

  // The first `size` bytes of the buffer are the datagram.
  void resize(std::size_t size) { size_ = static_cast<std::uint16_t>(size); }

  // The first `count` bytes are no longer part of it.
  void remove_prefix(std::size_t count) {
    begin_ = static_cast<std::uint16_t>(begin_ + count);
    size_ = static_cast<std::uint16_t>(size_ - count);
  }

  MediaPacket media;  // of an accepted RTP packet

 private:
  friend class PacketPool;
  friend class PacketRef;

  std::array<std::uint8_t, kMaxDatagramBytes> bytes_;
  std::uint16_t begin_ = 0;
  std::uint16_t size_ = 0;
  std::uint32_t references_ = 0;
  PacketSlot* next_free_ = nullptr;
  PacketPool* pool_ = nullptr;
};

// A share in a slot; the last one to go gives the slot back. Not atomic: a shard's packets stay in
// it.
class PacketRef {
 public:
  PacketRef() = default;

  PacketRef(const PacketRef& other) : slot_(other.slot_) { take(); }

  PacketRef(PacketRef&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}

  PacketRef& operator=(PacketRef other) noexcept {
    std::swap(slot_, other.slot_);
    return *this;
  }

  ~PacketRef() { release(); }

  explicit operator bool() const { return slot_ != nullptr; }

  PacketSlot& operator*() const { return *slot_; }

  PacketSlot* operator->() const { return slot_; }

  void reset() {
    release();
    slot_ = nullptr;
  }

 private:
  friend class PacketPool;

  explicit PacketRef(PacketSlot* slot) : slot_(slot) { take(); }

  void take() {
    if (slot_ != nullptr) {
      ++slot_->references_;
    }
  }

  inline void release();

  PacketSlot* slot_ = nullptr;
};

// Grows by blocks up to its limit and never shrinks, so that a quiet shard stays small and a busy
// one soon allocates nothing. Outlives every PacketRef that it handed out.
class PacketPool {
 public:
  static constexpr std::size_t kBlockSlots = 1024;

  // `max_slots` is rounded up to whole blocks.
  explicit PacketPool(std::size_t max_slots);

  PacketPool(const PacketPool&) = delete;
  PacketPool& operator=(const PacketPool&) = delete;

  // An empty slot, or a null reference when all are in use: the caller counts kNoPacketSlot.
  PacketRef acquire();

  std::size_t capacity() const { return max_blocks_ * kBlockSlots; }

  std::size_t in_use() const { return in_use_; }

  // Less than an eighth is left: who stores packets gives old ones back now.
  bool scarce() const { return in_use_ > capacity() - capacity() / 8; }

 private:
  friend class PacketRef;

  void give_back(PacketSlot& slot);

  bool grow();

  std::size_t max_blocks_;
  std::size_t in_use_ = 0;
  std::vector<std::unique_ptr<PacketSlot[]>> blocks_;
  PacketSlot* free_ = nullptr;
};

void PacketRef::release() {
  if (slot_ != nullptr && --slot_->references_ == 0) {
    slot_->pool_->give_back(*slot_);
  }
}

}  // namespace parlance::sfu
