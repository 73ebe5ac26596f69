// The way of a producer's packets to another shard that has consumers of it, and of what these ask
// for.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "sfu/api/media_engine.h"
#include "sfu/packet/packet_pool.h"

namespace parlance::sfu {

struct PipeMessage {
  enum class Kind : std::uint8_t {
    // From the producer's shard to the other.
    kPacket,        // body: an RTP packet as it was accepted
    kRestart,       // what follows does not continue what came before
    kSenderReport,  // body: see PipedReport
    // From the other shard to the producer's.
    kSubscribe,
    kUnsubscribe,
    kKeyFrame,  // is asked for
  };

  Kind kind = Kind::kPacket;
  RouterId router;
  ProducerId producer;
};

// A bounded ring of messages, written by one shard and read by another, each on its own thread and
// neither ever waiting. What is full refuses, and the writer says what happens then. Packets are
// copied into it: once per shard, however many consumers there are, which keeps reference counts
// and pools within their threads (decision 0005).
class Pipe {
 public:
  static constexpr std::size_t kCapacity = 4'194'304;

  // A power of two; the memory is taken at the first message.
  explicit Pipe(std::size_t capacity = kCapacity);

  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  std::size_t capacity() const { return capacity_; }

  // The writer's: false where there is no room. A body is a datagram at most.
  bool write(const PipeMessage& message, std::span<const std::uint8_t> body = {});

  // The writer's: bytes that can be written for certain.
  std::size_t free();

  // The writer's, after a batch: lets the reader see it. True where the reader has to be woken.
  bool publish();

  struct Entry {
    PipeMessage message;
    std::span<const std::uint8_t> body;  // valid until pop()
  };

  // The reader's, before it reads: what is published from here on asks for another wake-up.
  void acknowledge_wake_up() { awake_.exchange(false, std::memory_order_acq_rel); }

  // The reader's: the oldest message, and on to the next.
  std::optional<Entry> front() const;
  void pop();

 private:
  struct Header {
    PipeMessage message;
    std::uint16_t body_size = 0;
  };

  static constexpr std::size_t kAlignment = 8;
  static constexpr std::size_t kCacheLine = 64;

  static std::size_t record_bytes(std::size_t body) {
    return (sizeof(Header) + body + kAlignment - 1) / kAlignment * kAlignment;
  }

  static std::size_t longest_record() { return record_bytes(kMaxDatagramBytes); }

  std::span<std::uint8_t> bytes(std::uint64_t position, std::size_t size) const;
  std::uint64_t record_from(std::uint64_t position) const;

  const std::size_t capacity_;
  std::unique_ptr<std::uint8_t[]> ring_;

  // Positions count bytes since the beginning.
  alignas(kCacheLine) std::uint64_t written_ = 0;  // the writer's
  std::uint64_t seen_read_ = 0;                    // what the writer knows of read_
  alignas(kCacheLine) std::atomic<std::uint64_t> published_{0};
  alignas(kCacheLine) std::atomic<std::uint64_t> read_{0};
  std::atomic<bool> awake_{false};
};

}  // namespace parlance::sfu
