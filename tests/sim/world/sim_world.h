// Shards and their peers on seeded links under one simulated clock.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "base/time.h"
#include "sfu/transport/shard.h"
#include "tests/sim/world/sim_link.h"
#include "tests/sim/world/sim_peer.h"

namespace parlance::test {

// What a simulation is repeated with: a seed, and the number of shards that its peers take turns
// on.
struct SimRun {
  std::uint64_t seed = 1;
  std::uint32_t shards = 1;
};

// Fixed seeds, and the one of the environment's PARLANCE_SIM_SEED in front of them; on one shard
// and on two.
std::vector<SimRun> sim_runs();

class SimWorld {
 public:
  explicit SimWorld(const SimRun& run);

  Timestamp now() const { return now_; }

  // Where the peer's transport is.
  sfu::Shard& shard_of(std::size_t peer) { return *shards_[index_of(peer)]; }

  std::size_t shards() const { return shards_.size(); }

  sfu::Outbox& outbox() { return outbox_; }

  // Of all shards together.
  std::uint64_t total(std::uint64_t sfu::ShardCounters::* counter) const;
  std::uint64_t drops(sfu::DropReason reason) const;

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
  void close_producer(sfu::ProducerId id);
  void pause_consumer(sfu::ConsumerId id, bool paused);

  void run_for(Duration duration);

  // False where it did not happen in time.
  bool run_until(const std::function<bool()>& happened, Duration limit);

  // A worker that wakes up every so often takes what came meanwhile as one batch. Zero: at once.
  Duration batch_interval{0};

  sfu::RouterId router() const { return router_; }

  // Sends what shards put out during a command made directly on one, and passes on what they have
  // for each other.
  void settle();

  // Made by the shards while they handled datagrams and timers.
  std::uint64_t allocations() const { return allocations_; }

  std::uint32_t largest_batch() const { return largest_batch_; }

  std::uint32_t longest_train() const { return longest_train_; }

 private:
  // A producer as signaling remembers it.
  struct Produced {
    std::size_t shard = 0;
    sfu::ProducerOptions options;
  };

  sfu::ProducerId produce(std::size_t peer, const sfu::ProducerOptions& options);
  sfu::ConsumerId consume(std::size_t peer, const sfu::ConsumerOptions& options);
  void pipe(sfu::ProducerId producer, std::size_t to, sfu::PipeUse use);

  // Peers take turns.
  std::size_t index_of(std::size_t peer) const { return peer % shards_.size(); }

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
  void hand_to_shard(std::size_t shard, std::vector<sfu::ReceivedDatagram> batch);
  void flush();
  bool run_pipes();
  void collect_from_peers();
  void launch(Flight flight, SimLink& link);
  std::size_t seat_of(const sfu::Path& path) const;

  std::uint64_t seed_;
  Timestamp now_;
  FakeCrypto crypto_;
  std::vector<std::unique_ptr<sfu::Pipe>> pipes_;
  std::vector<std::unique_ptr<sfu::Shard>> shards_;
  sfu::Outbox outbox_;
  sfu::RouterId router_;
  std::vector<std::unique_ptr<Seat>> seats_;
  std::map<sfu::ProducerId, Produced> produced_;
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
