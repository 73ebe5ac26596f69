// Datagrams on their way out, lent to every call into the cores and flushed by the shell after it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "sfu/ice/address.h"
#include "sfu/ice/datagram_sink.h"
#include "sfu/packet/packet_pool.h"

namespace parlance::sfu {

// Where a sender's datagrams go. Kept by the sender, so that the outbox finds the train of this
// batch without looking anything up.
class Destination {
 public:
  Destination() = default;

  explicit Destination(Path path) : path_(path) {}

  const Path& path() const { return path_; }

 private:
  friend class Outbox;

  Path path_;
  std::uint64_t batch_ = 0;
  std::uint32_t train_ = 0;
};

class Outbox;

// Who sends an outbox's datagrams before the batch ends.
class OutboxRelief {
 public:
  virtual ~OutboxRelief() = default;

  // Sends all that is in it and clears it.
  virtual void relieve(Outbox& outbox) = 0;
};

// Holds the datagrams of one batch in slots of its own, in one chain ("train") per destination in
// the order they were sent. All memory is taken at construction. Use:
//   if (auto slot = outbox.reserve(); !slot.empty()) { write and encrypt there; outbox.send(to,
//   size); }
// A reservation that is not sent is simply reused by the next one.
class Outbox : public DatagramSink {
 public:
  static constexpr std::size_t kDefaultCapacity = 4096;

  // So many are sent together where there is a relief: their bytes are still in the second-level
  // cache when the kernel copies them.
  static constexpr std::size_t kReliefDatagrams = 256;

  struct Train {
    Path to;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::uint32_t datagrams = 0;
  };

  static constexpr std::uint32_t kEnd = std::numeric_limits<std::uint32_t>::max();

  explicit Outbox(std::size_t capacity = kDefaultCapacity);

  // kMaxDatagramBytes to write to, or nothing when the outbox is full; that is counted here.
  std::span<std::uint8_t> reserve();

  // Sends the first `size` bytes of the reservation.
  void send(Destination& to, std::size_t size);

  // Copies; for what is rare. False when full.
  bool send_copy(Destination& to, std::span<const std::uint8_t> bytes);
  void send(const Path& to, std::span<const std::uint8_t> datagram) override;

  // Null: everything waits for the end of the batch.
  void set_relief(OutboxRelief* relief) { relief_ = relief; }

  bool has_relief() const { return relief_ != nullptr; }

  // Between two destinations: nothing that belongs into one train comes any more.
  void relieve() {
    if (relief_ != nullptr && used_ >= kReliefDatagrams) {
      relief_->relieve(*this);
    }
  }

  std::size_t size() const { return used_; }

  std::size_t free() const { return capacity_ - used_; }

  bool empty() const { return used_ == 0; }

  // Refused for lack of room since construction.
  std::uint64_t refused() const { return refused_; }

  // Taken since construction.
  std::uint64_t total_datagrams() const { return total_datagrams_; }

  std::uint64_t total_bytes() const { return total_bytes_; }

  // For the shell: the trains in the order of their first datagram, and each one's chain.
  //   for (auto i = train.first; i != Outbox::kEnd; i = outbox.next(i)) use(outbox.bytes(i));
  std::span<const Train> trains() const { return trains_; }

  std::span<const std::uint8_t> bytes(std::uint32_t datagram) const {
    return {slot(datagram), sizes_[datagram]};
  }

  std::uint32_t next(std::uint32_t datagram) const { return next_[datagram]; }

  // Forgets everything: the shell has sent it, or given up.
  void clear();

 private:
  std::uint8_t* slot(std::uint32_t datagram) const {
    return arena_.get() + std::size_t{datagram} * kMaxDatagramBytes;
  }

  OutboxRelief* relief_ = nullptr;
  std::size_t capacity_;
  std::size_t used_ = 0;
  std::uint64_t batch_ = 1;
  std::uint64_t refused_ = 0;
  std::uint64_t total_datagrams_ = 0;
  std::uint64_t total_bytes_ = 0;
  std::unique_ptr<std::uint8_t[]> arena_;
  std::vector<std::uint16_t> sizes_;
  std::vector<std::uint32_t> next_;
  std::vector<Train> trains_;
};

}  // namespace parlance::sfu
