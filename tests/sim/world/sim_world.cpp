#include "tests/sim/world/sim_world.h"

#include <algorithm>
#include <cstdlib>

#include "base/check.h"
#include "tests/support/allocation/allocation_counter.h"

namespace parlance::test {

namespace {

constexpr Timestamp kStart{std::chrono::seconds(1000)};
constexpr std::int64_t kUnixAtStart = 1'800'000'000'000'000;

}  // namespace

std::vector<SimRun> sim_runs() {
  std::vector<std::uint64_t> seeds{1, 2, 3, 4, 5};
  if (const char* given = std::getenv("PARLANCE_SIM_SEED")) {
    seeds.insert(seeds.begin(), std::strtoull(given, nullptr, 10));
  }
  std::vector<SimRun> runs;
  for (const std::uint64_t seed : seeds) {
    runs.push_back({.seed = seed, .shards = 1});
    runs.push_back({.seed = seed, .shards = 2});
  }
  return runs;
}

SimWorld::SimWorld(const SimRun& run)
    : seed_(run.seed), now_(kStart), crypto_(run.seed), router_(id_of<sfu::RouterId>(1)) {
  crypto_.strict_numbers = true;
  const std::size_t count = run.shards;
  for (std::size_t i = 0; i < count * count; ++i) {
    pipes_.push_back(i / count == i % count ? nullptr : std::make_unique<sfu::Pipe>());
  }
  for (std::size_t i = 0; i < count; ++i) {
    sfu::ShardPipes ends;
    for (std::size_t other = 0; other < count; ++other) {
      ends.to.push_back(pipes_[i * count + other].get());
      ends.from.push_back(pipes_[other * count + i].get());
    }
    shards_.push_back(
        std::make_unique<sfu::Shard>(sfu::ShardConfig{.index = static_cast<unsigned>(i),
                                                      .candidates = {},
                                                      .crypto = crypto_,
                                                      .pipes = std::move(ends)}));
    const auto part = i == 0 ? sfu::RouterPart::kHome : sfu::RouterPart::kAway;
    CHECK(shards_.back()->create_router(router_, part).has_value());
  }
}

std::uint64_t SimWorld::total(std::uint64_t sfu::ShardCounters::* counter) const {
  std::uint64_t sum = 0;
  for (const auto& shard : shards_) {
    sum += shard->counters().*counter;
  }
  return sum;
}

std::uint64_t SimWorld::drops(sfu::DropReason reason) const {
  std::uint64_t sum = 0;
  for (const auto& shard : shards_) {
    sum += shard->counters().drops[reason];
  }
  return sum;
}

SimPeer& SimWorld::add_peer() {
  const auto number = static_cast<std::uint8_t>(seats_.size() + 1);
  const std::uint64_t seed = seed_ * 1000 + std::uint64_t{number} * 10;
  auto seat = std::make_unique<Seat>(seed);
  seat->peer = std::make_unique<SimPeer>(number, seed + 2);
  seat->transport = id_of<sfu::TransportId>(number);
  const std::size_t index = seats_.size();
  const auto description = shard_of(index).create_transport(router_, seat->transport);
  CHECK(description.has_value());
  SimPeer& peer = *seat->peer;
  seats_.push_back(std::move(seat));
  const auto connected = shard_of(index).connect_transport(
      now_, router_, transport(index), peer.dtls_parameters(), outbox_);
  CHECK(connected.has_value());
  settle();
  peer.start(now_, *description);
  return peer;
}

void SimWorld::set_conditions(const LinkConditions& conditions) {
  for (const auto& seat : seats_) {
    seat->up.conditions = conditions;
    seat->down.conditions = conditions;
  }
}

std::vector<sfu::TransportState> SimWorld::states_of(std::size_t peer) const {
  std::vector<sfu::TransportState> states;
  for (const sfu::MediaEvent& event : events_) {
    const auto* changed = std::get_if<sfu::MediaEvent::TransportChanged>(&event.what);
    if (changed != nullptr && changed->transport == seats_[peer]->transport) {
      states.push_back(changed->state);
    }
  }
  return states;
}

sfu::ProducerId SimWorld::produce_video(std::size_t peer, rtp::Ssrc ssrc) {
  return produce(peer, video_producer(next_id_++, ssrc));
}

sfu::ProducerId SimWorld::produce_audio(std::size_t peer, rtp::Ssrc ssrc) {
  return produce(peer, audio_producer(next_id_++, ssrc));
}

sfu::ProducerId SimWorld::produce(std::size_t peer, const sfu::ProducerOptions& options) {
  CHECK(shard_of(peer).produce(router_, transport(peer), options).has_value());
  produced_[options.id] = {index_of(peer), options};
  // The home listens for who speaks.
  if (options.kind == rtp::MediaKind::kAudio && index_of(peer) != 0) {
    pipe(options.id, 0, sfu::PipeUse::kAlways);
    settle();
  }
  return options.id;
}

void SimWorld::pipe(sfu::ProducerId producer, std::size_t to, sfu::PipeUse use) {
  const Produced& source = produced_.at(producer);
  const auto from = static_cast<unsigned>(source.shard);
  CHECK(shards_[to]->pipe_producer(now_, router_, source.options, from, use, outbox_).has_value());
}

sfu::ConsumerId SimWorld::consume_video(std::size_t peer,
                                        sfu::ProducerId producer,
                                        rtp::Ssrc ssrc,
                                        bool paused) {
  auto options = video_consumer(next_id_++, producer.uuid().bytes()[15], ssrc);
  options.paused = paused;
  return consume(peer, options);
}

sfu::ConsumerId SimWorld::consume_video_without_rtx(std::size_t peer,
                                                    sfu::ProducerId producer,
                                                    rtp::Ssrc ssrc) {
  auto options = video_consumer(next_id_++, producer.uuid().bytes()[15], ssrc);
  options.parameters.encodings[0].rtx_ssrc.reset();
  options.parameters.codecs.pop_back();
  return consume(peer, options);
}

sfu::ConsumerId SimWorld::consume(std::size_t peer, const sfu::ConsumerOptions& options) {
  if (produced_.at(options.producer).shard != index_of(peer)) {
    pipe(options.producer, index_of(peer), sfu::PipeUse::kForConsumers);
  }
  CHECK(shard_of(peer).consume(now_, router_, transport(peer), options, outbox_).has_value());
  settle();
  return options.id;
}

sfu::ConsumerId SimWorld::consume_audio(std::size_t peer,
                                        sfu::ProducerId producer,
                                        rtp::Ssrc ssrc) {
  return consume(peer, audio_consumer(next_id_++, producer.uuid().bytes()[15], ssrc));
}

void SimWorld::pause_producer(sfu::ProducerId id, bool paused) {
  produced_.at(id).options.paused = paused;
  for (const auto& shard : shards_) {
    shard->set_producer_paused(now_, router_, id, paused, outbox_);
  }
  settle();
}

void SimWorld::close_producer(sfu::ProducerId id) {
  for (const auto& shard : shards_) {
    shard->close_producer(router_, id);
  }
  settle();
}

void SimWorld::pause_consumer(sfu::ConsumerId id, bool paused) {
  for (const auto& shard : shards_) {
    shard->set_consumer_paused(now_, router_, id, paused, outbox_);
  }
  settle();
}

void SimWorld::run_for(Duration duration) {
  const Timestamp end = now_ + duration;
  collect_from_peers();
  while (next_event() <= end) {
    step(end);
  }
  now_ = end;
}

bool SimWorld::run_until(const std::function<bool()>& happened, Duration limit) {
  const Timestamp end = now_ + limit;
  collect_from_peers();
  while (!happened()) {
    if (next_event() > end) {
      return false;
    }
    step(end);
  }
  return true;
}

Timestamp SimWorld::arrival_of(const Flight& flight) const {
  if (!flight.to_shard || batch_interval == Duration(0)) {
    return flight.at;
  }
  const std::int64_t step = batch_interval.count();
  const std::int64_t at = flight.at.time_since_epoch().count();
  return Timestamp(Duration((at + step - 1) / step * step));
}

Timestamp SimWorld::next_event() const {
  Timestamp next = kNever;
  for (const auto& shard : shards_) {
    next = std::min(next, shard->next_timeout());
  }
  if (!flights_.empty()) {
    next = std::min(next, arrival_of(flights_.top()));
  }
  for (const auto& seat : seats_) {
    next = std::min(next, seat->peer->next_timeout());
  }
  return next;
}

void SimWorld::step(Timestamp limit) {
  now_ = std::max(now_, std::min(next_event(), limit));
  if (now_ >= next_clock_) {
    for (const auto& shard : shards_) {
      shard->set_wall_clock(now_, kUnixAtStart + (now_ - kStart).count());
    }
    next_clock_ = now_ + std::chrono::seconds(1);
  }
  deliver();
  for (const auto& shard : shards_) {
    if (shard->next_timeout() <= now_) {
      const std::uint64_t before = test::allocations();
      shard->on_timeout(now_, outbox_);
      allocations_ += test::allocations() - before;
    }
  }
  settle();
  for (const auto& seat : seats_) {
    if (seat->peer->next_timeout() <= now_) {
      seat->peer->on_timeout(now_);
    }
  }
  collect_from_peers();
  for (const auto& shard : shards_) {
    std::ranges::move(shard->take_events(), std::back_inserter(events_));
  }
}

void SimWorld::deliver() {
  std::vector<std::vector<sfu::ReceivedDatagram>> batches(shards_.size());
  std::vector<Flight> to_peers;
  while (!flights_.empty() && arrival_of(flights_.top()) <= now_) {
    Flight flight = flights_.top();
    flights_.pop();
    if (flight.to_shard) {
      sfu::PacketPool& pool = shard_of(flight.seat).packets();
      batches[index_of(flight.seat)].push_back({slot_of(pool, flight.bytes), flight.path});
    } else {
      to_peers.push_back(std::move(flight));
    }
  }
  for (std::size_t i = 0; i < batches.size(); ++i) {
    hand_to_shard(i, std::move(batches[i]));
  }
  for (const Flight& flight : to_peers) {
    seats_[flight.seat]->peer->on_datagram(now_, flight.bytes);
  }
}

void SimWorld::hand_to_shard(std::size_t shard, std::vector<sfu::ReceivedDatagram> batch) {
  largest_batch_ = std::max(largest_batch_, static_cast<std::uint32_t>(batch.size()));
  for (std::span<sfu::ReceivedDatagram> rest(batch); !rest.empty();) {
    const std::uint64_t before = test::allocations();
    rest = rest.subspan(shards_[shard]->on_datagrams(now_, rest, outbox_));
    allocations_ += test::allocations() - before;
    settle();
  }
}

void SimWorld::settle() {
  do {
    flush();
  } while (run_pipes());
}

// True where anything came over.
bool SimWorld::run_pipes() {
  bool any = false;
  for (const auto& pipe : pipes_) {
    if (pipe != nullptr) {
      pipe->publish();
      pipe->acknowledge_wake_up();
      any = any || pipe->front().has_value();
    }
  }
  if (!any) {
    return false;
  }
  for (const auto& shard : shards_) {
    const std::uint64_t before = test::allocations();
    shard->on_pipes(now_, outbox_);
    allocations_ += test::allocations() - before;
    flush();
  }
  return true;
}

void SimWorld::flush() {
  for (const sfu::Outbox::Train& train : outbox_.trains()) {
    longest_train_ = std::max(longest_train_, train.datagrams);
    const std::size_t seat = seat_of(train.to);
    for (auto i = train.first; i != sfu::Outbox::kEnd; i = outbox_.next(i)) {
      const auto bytes = outbox_.bytes(i);
      if (seat < seats_.size()) {
        launch({.seat = seat, .path = train.to, .bytes = {bytes.begin(), bytes.end()}},
               seats_[seat]->down);
      }
    }
  }
  outbox_.clear();
}

// A datagram to an address that its peer has left goes nowhere.
std::size_t SimWorld::seat_of(const sfu::Path& path) const {
  const auto found =
      std::ranges::find_if(seats_, [&](const auto& seat) { return seat->peer->path() == path; });
  return static_cast<std::size_t>(found - seats_.begin());
}

void SimWorld::collect_from_peers() {
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    for (SimPeer::Outgoing& datagram : seats_[i]->peer->take_outgoing()) {
      launch(
          {.to_shard = true, .seat = i, .path = datagram.from, .bytes = std::move(datagram.bytes)},
          seats_[i]->up);
    }
  }
}

void SimWorld::launch(Flight flight, SimLink& link) {
  for (const Timestamp at : link.arrivals(now_)) {
    flight.at = at;
    flight.order = ++order_;
    flights_.push(flight);
  }
}

}  // namespace parlance::test
