// Ref-counted slots for received packets, all allocated once per shard.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "base/time.h"

namespace parlance::sfu {

// The longest datagram taken from or put on the wire: an Ethernet frame's 1500 bytes less the
// smallest IP and UDP headers is 1472, rounded up to whole cache lines.
inline constexpr std::size_t kMaxDatagramBytes = 1536;

class PacketPool;

// One received datagram. Written by the shell that receives it and by SRTP unprotect, which
// shortens it; constant for everybody after that, however many retransmission rings and queues hold
// it.
class PacketSlot {
 public:
  std::span<std::uint8_t> buffer() { return bytes_; }

  std::span<const std::uint8_t> bytes() const { return std::span(bytes_).first(size_); }

  std::span<std::uint8_t> mutable_bytes() { return std::span(bytes_).first(size_); }

  void resize(std::size_t size) { size_ = static_cast<std::uint16_t>(size); }

 private:
  friend class PacketPool;
  friend class PacketRef;

  std::array<std::uint8_t, kMaxDatagramBytes> bytes_;
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

// Outlives every PacketRef that it handed out.
class PacketPool {
 public:
  explicit PacketPool(std::size_t slots);

  PacketPool(const PacketPool&) = delete;
  PacketPool& operator=(const PacketPool&) = delete;

  // An empty slot, or a null reference when all are in use: the caller counts kNoPacketSlot.
  PacketRef acquire();

  std::size_t capacity() const { return capacity_; }

  std::size_t available() const { return available_; }

 private:
  friend class PacketRef;

  void give_back(PacketSlot& slot);

  std::size_t capacity_;
  std::size_t available_;
  std::unique_ptr<PacketSlot[]> slots_;
  PacketSlot* free_ = nullptr;
};

void PacketRef::release() {
  if (slot_ != nullptr && --slot_->references_ == 0) {
    slot_->pool_->give_back(*slot_);
  }
}

}  // namespace parlance::sfu
