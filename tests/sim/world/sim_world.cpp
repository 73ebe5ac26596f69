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

std::vector<std::uint64_t> sim_seeds() {
  std::vector<std::uint64_t> seeds{1, 2, 3, 4, 5};
  if (const char* given = std::getenv("PARLANCE_SIM_SEED")) {
    seeds.insert(seeds.begin(), std::strtoull(given, nullptr, 10));
  }
  return seeds;
}

SimWorld::SimWorld(std::uint64_t seed)
    : seed_(seed),
      now_(kStart),
      crypto_(seed),
      shard_(sfu::ShardConfig{.index = 0, .candidates = {}, .crypto = crypto_}),
      router_(id_of<sfu::RouterId>(1)) {
  crypto_.strict_numbers = true;
  CHECK(shard_.create_router(router_).has_value());
}

SimPeer& SimWorld::add_peer() {
  const auto number = static_cast<std::uint8_t>(seats_.size() + 1);
  auto seat = std::make_unique<Seat>(seed_ * 1000 + number * 10U);
  seat->peer = std::make_unique<SimPeer>(number, seed_ * 1000 + number * 10U + 2);
  seat->transport = id_of<sfu::TransportId>(number);
  const auto description = shard_.create_transport(router_, seat->transport);
  CHECK(description.has_value());
  SimPeer& peer = *seat->peer;
  seats_.push_back(std::move(seat));
  const auto connected = shard_.connect_transport(
      now_, router_, transport(seats_.size() - 1), peer.dtls_parameters(), outbox_);
  CHECK(connected.has_value());
  flush();
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
  const auto options = video_producer(next_id_++, ssrc);
  CHECK(shard_.produce(router_, transport(peer), options).has_value());
  return options.id;
}

sfu::ProducerId SimWorld::produce_audio(std::size_t peer, rtp::Ssrc ssrc) {
  const auto options = audio_producer(next_id_++, ssrc);
  CHECK(shard_.produce(router_, transport(peer), options).has_value());
  return options.id;
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
  CHECK(shard_.consume(now_, router_, transport(peer), options, outbox_).has_value());
  flush();
  return options.id;
}

sfu::ConsumerId SimWorld::consume_audio(std::size_t peer,
                                        sfu::ProducerId producer,
                                        rtp::Ssrc ssrc) {
  return consume(peer, audio_consumer(next_id_++, producer.uuid().bytes()[15], ssrc));
}

void SimWorld::pause_producer(sfu::ProducerId id, bool paused) {
  shard_.set_producer_paused(now_, router_, id, paused, outbox_);
  flush();
}

void SimWorld::pause_consumer(sfu::ConsumerId id, bool paused) {
  shard_.set_consumer_paused(now_, router_, id, paused, outbox_);
  flush();
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
  Timestamp next = shard_.next_timeout();
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
    shard_.set_wall_clock(now_, kUnixAtStart + (now_ - kStart).count());
    next_clock_ = now_ + std::chrono::seconds(1);
  }
  deliver();
  if (shard_.next_timeout() <= now_) {
    const std::uint64_t before = test::allocations();
    shard_.on_timeout(now_, outbox_);
    allocations_ += test::allocations() - before;
    flush();
  }
  for (const auto& seat : seats_) {
    if (seat->peer->next_timeout() <= now_) {
      seat->peer->on_timeout(now_);
    }
  }
  collect_from_peers();
  std::ranges::move(shard_.take_events(), std::back_inserter(events_));
}

void SimWorld::deliver() {
  std::vector<sfu::ReceivedDatagram> batch;
  std::vector<Flight> to_peers;
  while (!flights_.empty() && arrival_of(flights_.top()) <= now_) {
    Flight flight = flights_.top();
    flights_.pop();
    if (flight.to_shard) {
      batch.push_back({slot_of(shard_.packets(), flight.bytes), flight.path});
    } else {
      to_peers.push_back(std::move(flight));
    }
  }
  hand_to_shard(std::move(batch));
  for (const Flight& flight : to_peers) {
    seats_[flight.seat]->peer->on_datagram(now_, flight.bytes);
  }
}

void SimWorld::hand_to_shard(std::vector<sfu::ReceivedDatagram> batch) {
  largest_batch_ = std::max(largest_batch_, static_cast<std::uint32_t>(batch.size()));
  for (std::span<sfu::ReceivedDatagram> rest(batch); !rest.empty();) {
    const std::uint64_t before = test::allocations();
    rest = rest.subspan(shard_.on_datagrams(now_, rest, outbox_));
    allocations_ += test::allocations() - before;
    flush();
  }
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
