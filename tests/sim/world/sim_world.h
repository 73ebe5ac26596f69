// A shard and its peers on seeded links under one simulated clock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "base/time.h"
#include "sfu/transport/shard.h"
#include "tests/sim/world/sim_link.h"
#include "tests/sim/world/sim_peer.h"

namespace parlance::test {

// Fixed seeds, and the one of the environment's PARLANCE_SIM_SEED in front of them.
std::vector<std::uint64_t> sim_seeds();

class SimWorld {
 public:
  explicit SimWorld(std::uint64_t seed);

  Timestamp now() const { return now_; }

  sfu::Shard& shard() { return shard_; }

  sfu::Outbox& outbox() { return outbox_; }

  const sfu::ShardCounters& counters() const { return shard_.counters(); }

  std::uint64_t drops(sfu::DropReason reason) const { return counters().drops[reason]; }

  const std::vector<sfu::MediaEvent>& events() const { return events_; }

  // Transport states of one peer, in order.
  std::vector<sfu::TransportState> states_of(std::size_t peer) const;

  // Creates a transport, starts the peer's checks and connects. Its number is its index plus one.
  SimPeer& add_peer();

  SimPeer& peer(std::size_t index) { return *seats_[index]->peer; }

  SimLink& uplink(std::size_t index) { return seats_[index]->up; }

  SimLink& downlink(std::size_t index) { return seats_[index]->down; }

  sfu::TransportId transport(std::size_t index) const { return seats_[index]->transport; }

  void set_conditions(const LinkConditions& conditions);

  // Signaling. Ids count up; consumers begin unpaused where not said otherwise.
  sfu::ProducerId produce_video(std::size_t peer, rtp::Ssrc ssrc);
  sfu::ProducerId produce_audio(std::size_t peer, rtp::Ssrc ssrc);
  sfu::ConsumerId consume_video(std::size_t peer,
                                sfu::ProducerId producer,
                                rtp::Ssrc ssrc,
                                bool paused = false);
  sfu::ConsumerId consume_video_without_rtx(std::size_t peer,
                                            sfu::ProducerId producer,
                                            rtp::Ssrc ssrc);
  sfu::ConsumerId consume_audio(std::size_t peer, sfu::ProducerId producer, rtp::Ssrc ssrc);
  void pause_producer(sfu::ProducerId id, bool paused);
  void pause_consumer(sfu::ConsumerId id, bool paused);

  void run_for(Duration duration);

  // False where it did not happen in time.
  bool run_until(const std::function<bool()>& happened, Duration limit);

  // A worker that wakes up every so often takes what came meanwhile as one batch. Zero: at once.
  Duration batch_interval{0};

  sfu::RouterId router() const { return router_; }

  // Sends what the shard put out during a command made directly on it.
  void flush();

  // Made by the shard while it handled datagrams and timers.
  std::uint64_t allocations() const { return allocations_; }

  std::uint32_t largest_batch() const { return largest_batch_; }

  std::uint32_t longest_train() const { return longest_train_; }

 private:
  sfu::ConsumerId consume(std::size_t peer, const sfu::ConsumerOptions& options);

  struct Seat {
    explicit Seat(std::uint64_t seed) : up(seed), down(seed + 1) {}

    SimLink up;
    SimLink down;
    std::unique_ptr<SimPeer> peer;
    sfu::TransportId transport;
  };

  struct Flight {
    Timestamp at{};
    std::uint64_t order = 0;
    bool to_shard = false;
    std::size_t seat = 0;
    sfu::Path path;
    std::vector<std::uint8_t> bytes;

    bool operator>(const Flight& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  void step(Timestamp limit);
  Timestamp next_event() const;
  Timestamp arrival_of(const Flight& flight) const;
  void deliver();
  void hand_to_shard(std::vector<sfu::ReceivedDatagram> batch);
  void collect_from_peers();
  void launch(Flight flight, SimLink& link);
  std::size_t seat_of(const sfu::Path& path) const;

  std::uint64_t seed_;
  Timestamp now_;
  FakeCrypto crypto_;
  sfu::Shard shard_;
  sfu::Outbox outbox_;
  sfu::RouterId router_;
  std::vector<std::unique_ptr<Seat>> seats_;
  std::priority_queue<Flight, std::vector<Flight>, std::greater<>> flights_;
  std::uint64_t order_ = 0;
  std::uint8_t next_id_ = 1;
  std::vector<sfu::MediaEvent> events_;
  std::uint64_t allocations_ = 0;
  std::uint32_t largest_batch_ = 0;
  std::uint32_t longest_train_ = 0;
  Timestamp next_clock_{};
};

}  // namespace parlance::test
