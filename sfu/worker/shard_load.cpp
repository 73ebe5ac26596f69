#include "sfu/worker/shard_load.h"

#include <algorithm>

#include "base/check.h"
#include "sfu/packet/drop_reason.h"

namespace parlance::sfu {

namespace {

// Names and numbers in one order, so that a position stands for a name.
template <typename Visit>
void for_each_total(const ShardCounters& core, const ShellCounters& shell, Visit visit) {
  visit("packets_in", core.packets_in);
  visit("packets_out", core.packets_out);
  visit("bytes_in", core.bytes_in);
  visit("bytes_out", core.bytes_out);
  visit("rtp_forwarded", core.rtp_forwarded);
  visit("rtp_retransmitted", core.rtp_retransmitted);
  visit("nacks_cut_short", core.nacks_cut_short);
  visit("packets_asked_again", core.packets_asked_again);
  visit("packets_repaired", core.packets_repaired);
  visit("key_frames_asked", core.key_frames_asked);
  visit("key_frames_replayed", core.key_frames_replayed);
  visit("frames_shed", core.frames_shed);
  visit("pipe_packets", core.pipe_packets);
  visit("pipe_packets_dropped", core.pipe_packets_dropped);
  visit("pipe_frames_dropped", core.pipe_frames_dropped);
  visit("pipe_strays", core.pipe_strays);
  visit("bugs", core.bugs + shell.bugs);
  visit("commands_refused", shell.commands_refused);
  visit("events_lost", shell.events_lost);
  visit("drop_datagram_too_long", shell.datagrams_too_long);
  visit("drop_send_buffer_full", shell.send_buffer_full);
  visit("drop_send_error", shell.send_errors);
  visit("send_trains_refused", shell.trains_refused);
  for (std::size_t i = 0; i < static_cast<std::size_t>(DropReason::kCount); ++i) {
    const auto reason = static_cast<DropReason>(i);
    std::uint64_t total = core.drops[reason];
    total += reason == DropReason::kNoPacketSlot ? shell.no_packet_slot : 0;
    visit("drop_" + std::string(to_string(reason)), total);
  }
  // The core counts a packet that found no room, the outbox every reservation that failed.
  visit("outbox_refused", shell.outbox_full);
}

std::uint64_t per_second(std::uint64_t count, Duration elapsed) {
  return elapsed.count() <= 0 ? 0 : count * 1'000'000 / static_cast<std::uint64_t>(elapsed.count());
}

}  // namespace

void ShardLoadBoard::publish_sizes(const ShardCounters& counters) {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  routers_.store(counters.routers, kRelaxed);
  transports_.store(counters.transports, kRelaxed);
  producers_.store(counters.producers, kRelaxed);
  consumers_.store(counters.consumers, kRelaxed);
}

void ShardLoadBoard::publish_totals(Timestamp now,
                                    Duration busy,
                                    const ShardCounters& counters,
                                    const ShellCounters& shell) {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  std::size_t at = 0;
  for_each_total(counters, shell, [&](const auto& /*name*/, std::uint64_t total) {
    CHECK(at < kMaxCounters);
    totals_[at++].store(total, kRelaxed);
  });
  const Duration elapsed = now - last_;
  packets_in_per_s_.store(per_second(counters.packets_in - last_in_, elapsed), kRelaxed);
  packets_out_per_s_.store(per_second(counters.packets_out - last_out_, elapsed), kRelaxed);
  if (elapsed.count() > 0) {
    cpu_.store(
        std::min(1.0, static_cast<double>(busy.count()) / static_cast<double>(elapsed.count())),
        kRelaxed);
  }
  last_ = now;
  last_in_ = counters.packets_in;
  last_out_ = counters.packets_out;
}

ShardLoad ShardLoadBoard::load(unsigned shard, std::uint16_t port) const {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  ShardLoad load;
  load.shard = shard;
  load.port = port;
  load.routers = routers_.load(kRelaxed);
  load.transports = transports_.load(kRelaxed);
  load.producers = producers_.load(kRelaxed);
  load.consumers = consumers_.load(kRelaxed);
  load.packets_in_per_s = packets_in_per_s_.load(kRelaxed);
  load.packets_out_per_s = packets_out_per_s_.load(kRelaxed);
  load.cpu = cpu_.load(kRelaxed);
  return load;
}

void ShardLoadBoard::add_counters(std::map<std::string, std::uint64_t>& totals) const {
  std::size_t at = 0;
  for_each_total({}, {}, [&](const auto& name, std::uint64_t /*none*/) {
    totals[name] += totals_[at++].load(std::memory_order_relaxed);
  });
}

}  // namespace parlance::sfu
