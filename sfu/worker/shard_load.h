// What other threads may read of a shard while it runs.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/time.h"
#include "sfu/api/media_engine.h"
#include "sfu/packet/shard_counters.h"

namespace parlance::sfu {

// What the shell around a shard counts, beside the core's own counters.
struct ShellCounters {
  std::uint64_t datagrams_too_long = 0;
  std::uint64_t no_packet_slot = 0;
  std::uint64_t outbox_full = 0;
  std::uint64_t send_buffer_full = 0;
  std::uint64_t send_errors = 0;
  std::uint64_t trains_refused = 0;  // by the kernel: their datagrams went one by one
  std::uint64_t commands_refused = 0;
  std::uint64_t events_lost = 0;  // the executor of their router took no more
  std::uint64_t bugs = 0;         // failed CHECKs outside of what the core catches itself
};

// Written by the thread that runs the shard, read by any: numbers that are each right, though not
// all of the same instant.
class ShardLoadBoard {
 public:
  // The sizes, after every change.
  void publish_sizes(const ShardCounters& counters);

  // Totals, and rates since the last call. `busy` is the time spent on this shard since then.
  void publish_totals(Timestamp now,
                      Duration busy,
                      const ShardCounters& counters,
                      const ShellCounters& shell);

  // All but `worker`, which the reader knows.
  ShardLoad load(unsigned shard, std::uint16_t port) const;

  // Adds this shard's totals.
  void add_counters(std::map<std::string, std::uint64_t>& totals) const;

 private:
  static constexpr std::size_t kMaxCounters = 64;

  std::atomic<std::uint32_t> routers_{0};
  std::atomic<std::uint32_t> transports_{0};
  std::atomic<std::uint32_t> producers_{0};
  std::atomic<std::uint32_t> consumers_{0};
  std::atomic<std::uint64_t> packets_in_per_s_{0};
  std::atomic<std::uint64_t> packets_out_per_s_{0};
  std::atomic<double> cpu_{0.0};
  std::array<std::atomic<std::uint64_t>, kMaxCounters> totals_{};

  // Of the writer only.
  Timestamp last_{};
  std::uint64_t last_in_ = 0;
  std::uint64_t last_out_ = 0;
};

}  // namespace parlance::sfu
