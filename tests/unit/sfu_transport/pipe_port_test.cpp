#include "sfu/transport/pipe_port.h"

#include <vector>

#include <gtest/gtest.h>

#include "tests/support/sfu/fake_ports.h"

namespace parlance::sfu {
namespace {

using namespace std::chrono_literals;

using Kind = PipeMessage::Kind;

class PipePortTest : public ::testing::Test {
 protected:
  void start(const ProducerOptions& options, PipeUse use = PipeUse::kForConsumers) {
    port = std::make_unique<PipePort>(
        router, options, use, back, PipeContext{bench.pool, bench.counters, ready});
    producer = std::make_unique<Producer>(
        PipePort::options_here(options), 1, bench.context(), *port, bench.levels);
    ASSERT_TRUE(port->attach(*producer));
  }

  void consume(const ConsumerOptions& options) {
    consumer = std::make_unique<Consumer>(
        options, *producer, bench.subscriber, bench.counters, Consumer::Numbers{});
    ASSERT_TRUE(bench.subscriber.attach(bench.now, *consumer, bench.outbox));
  }

  void stop_consuming() {
    bench.subscriber.detach(*consumer);
    consumer.reset();
  }

  // What it tells the producer's shard in that time.
  std::vector<Kind> told(Duration duration) {
    for (const Timestamp end = bench.now + duration; ready.next() <= end;) {
      bench.now = std::max(bench.now, ready.next());
      ready.pop_due(bench.now)->on_timeout(bench.now, bench.outbox);
    }
    std::vector<Kind> kinds;
    for (back.publish(); const auto entry = back.front(); back.pop()) {
      EXPECT_EQ(entry->message.router, router);
      EXPECT_EQ(entry->message.producer, producer->id());
      kinds.push_back(entry->message.kind);
    }
    return kinds;
  }

  void receive(const test::RtpSample& sample) {
    port->on_packet(bench.now, sample.bytes(), bench.outbox);
    producer->pass_on(bench.now, bench.outbox);
  }

  RouterId router = test::id_of<RouterId>(1);
  test::ForwardBench bench;
  Pipe back;
  ReadyHeap ready;
  std::unique_ptr<PipePort> port;
  std::unique_ptr<Producer> producer;
  std::unique_ptr<Consumer> consumer;
};

TEST_F(PipePortTest, SubscribesWithTheFirstConsumerAndAsksForAKeyFrame) {
  start(test::video_producer(1, 1000));
  EXPECT_TRUE(told(1s).empty());
  consume(test::video_consumer(1, 1, 2000));
  EXPECT_EQ(told(0s), (std::vector{Kind::kSubscribe, Kind::kKeyFrame}));
}

TEST_F(PipePortTest, SubscribesAgainUntilSomethingComes) {
  start(test::audio_producer(1, 1000));
  consume(test::audio_consumer(1, 1, 2000));
  EXPECT_EQ(told(450ms), (std::vector(3, Kind::kSubscribe)));
  port->on_restart();
  EXPECT_TRUE(told(2s).empty());
}

TEST_F(PipePortTest, UnsubscribesAfterTheLastConsumer) {
  start(test::audio_producer(1, 1000));
  consume(test::audio_consumer(1, 1, 2000));
  port->on_restart();
  told(0s);
  stop_consuming();
  EXPECT_EQ(told(1s), (std::vector{Kind::kUnsubscribe}));
}

TEST_F(PipePortTest, StaysSubscribedWhereSomebodyAlwaysListens) {
  start(test::audio_producer(1, 1000), PipeUse::kAlways);
  EXPECT_EQ(told(0s), (std::vector{Kind::kSubscribe}));
  port->on_restart();
  consume(test::audio_consumer(1, 1, 2000));
  stop_consuming();
  EXPECT_TRUE(told(1s).empty());
}

TEST_F(PipePortTest, TellsAFullPipeLater) {
  start(test::audio_producer(1, 1000));
  const PipeMessage other{.kind = Kind::kPacket, .router = router, .producer = producer->id()};
  while (back.write(other)) {
  }
  consume(test::audio_consumer(1, 1, 2000));
  const auto first = told(0s);
  EXPECT_EQ(std::ranges::count(first, Kind::kSubscribe), 0);
  EXPECT_EQ(told(250ms), (std::vector{Kind::kSubscribe}));
}

TEST_F(PipePortTest, HandsPacketsToItsProducer) {
  start(test::video_producer(1, 1000));
  consume(test::video_consumer(1, 1, 2000));
  receive(test::ForwardBench::video(10, true));
  receive(test::ForwardBench::video(11));
  EXPECT_EQ(bench.subscriber.sent.size(), 2U);
}

TEST_F(PipePortTest, AsksNobodyForPackets) {
  start(test::video_producer(1, 1000));
  consume(test::video_consumer(1, 1, 2000));
  told(0s);
  receive(test::ForwardBench::video(10, true));
  receive(test::ForwardBench::video(15));
  EXPECT_TRUE(told(1s).empty());
}

TEST_F(PipePortTest, GoesOnInNewNumbersAfterARestart) {
  start(test::video_producer(1, 1000));
  consume(test::video_consumer(1, 1, 2000));
  receive(test::ForwardBench::video(10, true));
  port->on_restart();
  receive(test::ForwardBench::video(40'000, true));
  ASSERT_EQ(bench.subscriber.sent.size(), 2U);
  EXPECT_EQ(bench.subscriber.sent[1].sequence, bench.subscriber.sent[0].sequence + 1);
}

TEST_F(PipePortTest, CountsWhatIsNoPacket) {
  start(test::video_producer(1, 1000));
  port->on_packet(bench.now, std::vector<std::uint8_t>(5, 1), bench.outbox);
  EXPECT_EQ(bench.drops(DropReason::kMalformedRtp), 1U);
}

}  // namespace
}  // namespace parlance::sfu
