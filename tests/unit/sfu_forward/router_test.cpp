#include "sfu/forward/router.h"

#include <gtest/gtest.h>

#include "tests/support/sfu/fake_ports.h"

namespace parlance::sfu {
namespace {

class RouterTest : public ::testing::Test {
 protected:
  class CountingWaker final : public Waker {
   public:
    void wake_at(Timestamp at) override { wakes.push_back(at); }

    std::vector<Timestamp> wakes;
  };

  std::expected<void, MediaError> consume(const ConsumerOptions& options) {
    return router.consume(bench.now, options, bench.subscriber, {}, bench.outbox);
  }

  test::ForwardBench bench;
  std::vector<MediaEvent> events;
  CountingWaker waker;
  Router router{test::id_of<RouterId>(1), RouterPart::kHome, bench.context(), events, waker};
};

TEST_F(RouterTest, ConnectsConsumersToTheirProducer) {
  ASSERT_TRUE(router.produce(test::video_producer(1, 1000), bench.publisher));
  ASSERT_TRUE(consume(test::video_consumer(2, 1, 2000)));
  EXPECT_EQ(bench.publisher.attached.size(), 1U);
  EXPECT_EQ(bench.subscriber.attached.size(), 1U);
  EXPECT_EQ(router.producer(test::id_of<ProducerId>(1))->consumers().size(), 1U);
}

TEST_F(RouterTest, RefusesIdsThatAreTakenOrUnknown) {
  ASSERT_TRUE(router.produce(test::video_producer(1, 1000), bench.publisher));
  EXPECT_EQ(router.produce(test::video_producer(1, 5000), bench.publisher).error(),
            MediaError::kDuplicateId);
  EXPECT_EQ(consume(test::video_consumer(2, 9, 2000)).error(), MediaError::kNotFound);
  ASSERT_TRUE(consume(test::video_consumer(2, 1, 2000)));
  EXPECT_EQ(consume(test::video_consumer(2, 1, 3000)).error(), MediaError::kDuplicateId);
}

TEST_F(RouterTest, RefusesSeveralEncodingsAndCodecsOutsideTheMapping) {
  auto options = test::video_producer(1, 1000);
  options.parameters.encodings.push_back(options.parameters.encodings.front());
  EXPECT_EQ(router.produce(options, bench.publisher).error(), MediaError::kUnsupported);
  options = test::video_producer(1, 1000);
  options.mapping.codecs.clear();
  EXPECT_EQ(router.produce(options, bench.publisher).error(), MediaError::kUnsupported);
  EXPECT_EQ(bench.counters.producers, 0U);
}

TEST_F(RouterTest, KeepsNothingThatATransportRefused) {
  bench.publisher.refuse = true;
  EXPECT_EQ(router.produce(test::video_producer(1, 1000), bench.publisher).error(),
            MediaError::kSsrcInUse);
  bench.publisher.refuse = false;
  ASSERT_TRUE(router.produce(test::video_producer(1, 1000), bench.publisher));
  bench.subscriber.refuse = true;
  EXPECT_EQ(consume(test::video_consumer(2, 1, 2000)).error(), MediaError::kSsrcInUse);
  EXPECT_EQ(router.consumer(test::id_of<ConsumerId>(2)), nullptr);
  EXPECT_TRUE(router.producer(test::id_of<ProducerId>(1))->consumers().empty());
}

TEST_F(RouterTest, ClosesConsumersWithTheirProducer) {
  ASSERT_TRUE(router.produce(test::video_producer(1, 1000), bench.publisher));
  ASSERT_TRUE(router.produce(test::video_producer(2, 1100, "v2"), bench.publisher));
  ASSERT_TRUE(consume(test::video_consumer(3, 1, 2000)));
  ASSERT_TRUE(consume(test::video_consumer(4, 1, 3000)));
  ASSERT_TRUE(consume(test::video_consumer(5, 2, 4000)));
  router.close_producer(test::id_of<ProducerId>(1));
  EXPECT_EQ(bench.counters.producers, 1U);
  EXPECT_EQ(bench.counters.consumers, 1U);
  EXPECT_EQ(bench.subscriber.attached.size(), 1U);
  router.close_producer(test::id_of<ProducerId>(1));
  router.close_consumer(test::id_of<ConsumerId>(99));
}

TEST_F(RouterTest, DetachesEverythingWhenItGoes) {
  {
    Router other(test::id_of<RouterId>(2), RouterPart::kHome, bench.context(), events, waker);
    ASSERT_TRUE(other.produce(test::video_producer(1, 1000), bench.publisher));
    ASSERT_TRUE(other.consume(
        bench.now, test::video_consumer(2, 1, 2000), bench.subscriber, {}, bench.outbox));
  }
  EXPECT_TRUE(bench.publisher.attached.empty());
  EXPECT_TRUE(bench.subscriber.attached.empty());
}

TEST_F(RouterTest, WakesItsShardWithTheFirstAudioLevel) {
  ASSERT_TRUE(router.produce(test::audio_producer(1, 1000), bench.publisher));
  router.on_level(bench.now, 1, 30);
  router.on_level(bench.now, 1, 30);
  ASSERT_EQ(waker.wakes.size(), 1U);
  EXPECT_EQ(waker.wakes[0], router.next_timeout());
}

TEST_F(RouterTest, ListensForWhoSpeaksAtHomeOnly) {
  Router away(test::id_of<RouterId>(1), RouterPart::kAway, bench.context(), events, waker);
  ASSERT_TRUE(away.produce(test::audio_producer(1, 2000), bench.publisher));
  away.on_level(bench.now, 1, 20);
  EXPECT_EQ(away.next_timeout(), kNever);
}

}  // namespace
}  // namespace parlance::sfu
