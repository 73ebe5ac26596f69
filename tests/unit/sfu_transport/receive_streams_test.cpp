#include "sfu/transport/receive_streams.h"

#include <gtest/gtest.h>

#include "tests/support/sfu/fake_ports.h"

namespace parlance::sfu {
namespace {

class ReceiveStreamsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Producer> make(const ProducerOptions& options) {
    return std::make_unique<Producer>(options, 1, bench.context(), bench.publisher, bench.levels);
  }

  std::optional<ReceiveStreams::Found> find(rtp::Ssrc ssrc,
                                            const std::string& mid,
                                            std::uint8_t type = test::kVideoType) {
    test::RtpSample sample;
    sample.ssrc = ssrc;
    sample.mid = mid;
    sample.payload_type = type;
    const PacketRef packet = test::slot_of(bench.pool, sample.bytes());
    const auto view = rtp::PacketView::parse(packet->bytes(), streams.extensions());
    return view ? streams.find(*view) : std::nullopt;
  }

  test::ForwardBench bench;
  ReceiveStreams streams;
};

TEST_F(ReceiveStreamsTest, FindMediaAndRtxBySsrc) {
  const auto producer = make(test::video_producer(1, 1000));
  ASSERT_TRUE(streams.add(*producer));
  ASSERT_TRUE(streams.find(1000).has_value());
  EXPECT_FALSE(streams.find(1000)->rtx);
  EXPECT_TRUE(streams.find(1001)->rtx);
  EXPECT_FALSE(streams.find(1002).has_value());
}

TEST_F(ReceiveStreamsTest, RefuseSsrcsAndMidsThatAreTaken) {
  const auto producer = make(test::video_producer(1, 1000));
  ASSERT_TRUE(streams.add(*producer));
  EXPECT_EQ(streams.add(*make(test::video_producer(2, 1000, "w"))).error(), MediaError::kSsrcInUse);
  // Its media SSRC is the other's rtx SSRC.
  EXPECT_EQ(streams.add(*make(test::video_producer(2, 1001, "w"))).error(), MediaError::kSsrcInUse);
  EXPECT_EQ(streams.add(*make(test::video_producer(2, 5000))).error(), MediaError::kSsrcInUse);
  auto same = test::video_producer(2, 5000, "w");
  same.parameters.encodings[0].rtx_ssrc = 5000;
  EXPECT_EQ(streams.add(*make(same)).error(), MediaError::kSsrcInUse);
  EXPECT_EQ(streams.producers().size(), 1U);
}

TEST_F(ReceiveStreamsTest, AreFreeAgainAfterTheProducerIsGone) {
  const auto producer = make(test::video_producer(1, 1000));
  ASSERT_TRUE(streams.add(*producer));
  streams.remove(*producer);
  EXPECT_FALSE(streams.find(1000).has_value());
  EXPECT_TRUE(streams.add(*producer));
}

TEST_F(ReceiveStreamsTest, LearnSsrcsByMidWhereTheyWereNotTold) {
  auto options = test::video_producer(1, 0);
  options.parameters.encodings[0].ssrc.reset();
  options.parameters.encodings[0].rtx_ssrc.reset();
  const auto producer = make(options);
  ASSERT_TRUE(streams.add(*producer));
  EXPECT_FALSE(find(7000, "other").has_value());
  EXPECT_FALSE(find(7000, "v", 55).has_value());
  ASSERT_TRUE(find(7000, "v").has_value());
  EXPECT_EQ(find(7000, "")->producer, producer.get());
  ASSERT_TRUE(find(7001, "v", test::kVideoRtxType).has_value());
  EXPECT_TRUE(find(7001, "", test::kVideoRtxType)->rtx);
  EXPECT_EQ(producer->stream(0).ssrc(), 7000U);
  // A third SSRC is nobody's.
  EXPECT_FALSE(find(7002, "v").has_value());
}

TEST_F(ReceiveStreamsTest, DoNotLearnOverAToldSsrc) {
  const auto producer = make(test::video_producer(1, 1000));
  ASSERT_TRUE(streams.add(*producer));
  EXPECT_FALSE(find(7000, "v").has_value());
}

TEST_F(ReceiveStreamsTest, HoldALimitedNumber) {
  std::vector<std::unique_ptr<Producer>> producers;
  for (std::uint8_t i = 0; i < kMaxProducersPerTransport; ++i) {
    producers.push_back(make(test::audio_producer(i, 1000U + i, std::to_string(i))));
    ASSERT_TRUE(streams.add(*producers.back()));
  }
  EXPECT_EQ(streams.add(*make(test::audio_producer(200, 9000, "z"))).error(),
            MediaError::kLimitReached);
}

}  // namespace
}  // namespace parlance::sfu
