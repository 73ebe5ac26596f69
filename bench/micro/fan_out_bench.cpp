// A packet's way from the producer to N encrypted datagrams in the outbox, by the server's own
// classes. `per_packet` is the time of one of them.
#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/micro/samples.h"
#include "sfu/forward/consumer.h"
#include "sfu/forward/producer.h"
#include "sfu/packet/outbox.h"
#include "sfu/packet/packet_pool.h"
#include "sfu/secure/crypto.h"
#include "sfu/transport/media_sender.h"
#include "tests/support/sfu/fake_ports.h"

namespace parlance::micro {
namespace {

// A subscriber's transport without its handshakes.
class Subscriber final : public sfu::SubscriberPort {
 public:
  Subscriber(sfu::Crypto& crypto, sfu::ShardCounters& counters, std::uint16_t number)
      : sender_(counters) {
    sender_.set_path(
        sfu::Path{.socket = 0, .remote = sfu::SocketAddress::v4({10, 0, 0, 9}, number)});
    sender_.set_keys(crypto.make_srtp_outbound(gcm_keys(static_cast<std::uint8_t>(number))));
  }

  std::expected<void, sfu::MediaError> attach(Timestamp now,
                                              sfu::Consumer& consumer,
                                              sfu::Outbox& outbox) override {
    consumer.set_writable(now, true, outbox);
    return {};
  }

  void detach(sfu::Consumer&) override {}

  void hasten_report(Timestamp) override {}

  Room reserve(sfu::Outbox& outbox) override { return sender_.reserve(outbox); }

  bool send_rtp(Timestamp now, Packet packet, sfu::Outbox& outbox) override {
    return sender_.send_rtp(now, packet, outbox);
  }

 private:
  sfu::MediaSender sender_;
};

struct Call {
  explicit Call(std::size_t subscribers) : outbox(std::max<std::size_t>(subscribers, 32)) {
    for (std::size_t i = 0; i < subscribers; ++i) {
      ports.push_back(std::make_unique<Subscriber>(
          *crypto, bench.counters, static_cast<std::uint16_t>(1000 + i)));
      const auto ssrc = static_cast<rtp::Ssrc>(10'000 + 2 * i);
      consumers.push_back(std::make_unique<sfu::Consumer>(test::video_consumer(1, 1, ssrc),
                                                          producer,
                                                          *ports.back(),
                                                          bench.counters,
                                                          sfu::Consumer::Numbers{}));
      static_cast<void>(ports.back()->attach(bench.now, *consumers.back(), outbox));
    }
  }

  void forward(std::uint16_t sequence, bool key_frame) {
    const auto packet = test::parsed_slot_of(bench.pool, video_sample(sequence, key_frame));
    forward(packet);
  }

  void forward(const sfu::PacketRef& packet) {
    bench.now += std::chrono::microseconds(6'000);
    producer.on_packet(bench.now, 0, packet, false, outbox);
    producer.pass_on(bench.now, outbox);
  }

  test::ForwardBench bench;
  std::unique_ptr<sfu::Crypto> crypto = sfu::make_crypto();
  sfu::Outbox outbox;
  sfu::Producer producer{
      test::video_producer(1, 1000), 1, bench.context(), bench.publisher, bench.levels};
  std::vector<std::unique_ptr<Subscriber>> ports;
  std::vector<std::unique_ptr<sfu::Consumer>> consumers;
};

void fan_out(benchmark::State& state) {
  const auto subscribers = static_cast<std::size_t>(state.range(0));
  Call call(subscribers);
  std::uint16_t sequence = 5;
  call.forward(sequence, true);
  if (call.outbox.size() != subscribers) {
    state.SkipWithError("not forwarded to everybody");
    return;
  }
  for ([[maybe_unused]] const auto _ : state) {
    call.outbox.clear();
    ++sequence;
    state.PauseTiming();
    const auto packet = test::parsed_slot_of(call.bench.pool, video_sample(sequence));
    state.ResumeTiming();
    call.forward(packet);
  }
  using benchmark::Counter;
  state.counters["per_packet"] =
      Counter(static_cast<double>(subscribers),
              Counter::Flags(Counter::kIsIterationInvariantRate | Counter::kInvert));
}

BENCHMARK(fan_out)->Arg(1)->Arg(10)->Arg(100)->Arg(1000);

// Packets that a subscriber asks for again by one NACK item, from the producer's ring to the
// outbox.
void retransmit(benchmark::State& state) {
  constexpr std::uint16_t kItem = 17;
  Call call(1);
  std::uint16_t sequence = 5;
  call.forward(sequence, true);
  for ([[maybe_unused]] const auto _ : state) {
    state.PauseTiming();
    for (std::uint16_t i = 0; i < kItem; ++i) {
      call.outbox.clear();
      call.forward(++sequence, false);
    }
    // The header is not encrypted: the consumer's number of the last packet.
    const auto last = call.outbox.bytes(0);
    const auto first = static_cast<std::uint16_t>((last[2] << 8U | last[3]) - kItem + 1);
    const std::array<std::uint8_t, 4> item{static_cast<std::uint8_t>(first >> 8U),
                                           static_cast<std::uint8_t>(first & 0xFFU),
                                           0xFF,
                                           0xFF};
    call.outbox.clear();
    state.ResumeTiming();
    call.consumers[0]->on_nack(
        call.bench.now, {.sender = 1, .media = 10'000, .items = item}, call.outbox);
    if (call.outbox.size() != kItem - 1U && call.outbox.size() != kItem) {
      state.SkipWithError("not sent again");
      break;
    }
  }
  using benchmark::Counter;
  state.counters["per_packet"] =
      Counter(kItem, Counter::Flags(Counter::kIsIterationInvariantRate | Counter::kInvert));
}

BENCHMARK(retransmit);

}  // namespace
}  // namespace parlance::micro
