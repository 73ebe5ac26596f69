#include "sfu/transport/shard.h"

#include <gtest/gtest.h>

#include "sfu/forward/producer.h"
#include "sfu/ice/ice_server.h"
#include "tests/support/sfu/fake_crypto.h"
#include "tests/support/sfu/media_samples.h"
#include "tests/support/stun/stun_builder.h"

namespace parlance::sfu {
namespace {

using namespace std::chrono_literals;

class ShardTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(shard.create_router(router)); }

  TransportDescription make_transport(std::uint8_t number) {
    auto description = shard.create_transport(router, transport(number));
    EXPECT_TRUE(description.has_value());
    return *description;
  }

  static TransportId transport(std::uint8_t number) { return test::id_of<TransportId>(number); }

  static Path path(std::uint8_t host) {
    return {.socket = 0, .remote = SocketAddress::v4({10, 0, 0, host}, 5000)};
  }

  DtlsParameters client() const {
    return {DtlsRole::kClient, {{"sha-256", peer.fingerprint().str()}}};
  }

  void receive(const std::vector<std::uint8_t>& bytes, std::uint8_t host) {
    std::vector<ReceivedDatagram> datagrams;
    datagrams.push_back({test::slot_of(shard.packets(), bytes), path(host)});
    EXPECT_EQ(shard.on_datagrams(now, datagrams, outbox), 1U);
  }

  std::vector<std::uint8_t> check_for(const TransportDescription& description) const {
    test::Check check;
    check.username = description.ice.username_fragment + ":peer";
    check.password = description.ice.password;
    check.use_candidate = true;
    return check.bytes();
  }

  void connect(std::uint8_t number) {
    const auto description = make_transport(number);
    receive(check_for(description), number);
    ASSERT_TRUE(shard.connect_transport(now, router, transport(number), client(), outbox));
    receive(peer.client_hello(), number);
  }

  std::vector<std::uint8_t> protected_video(std::uint16_t sequence, bool ends_frame = true) {
    test::RtpSample sample;
    sample.ssrc = 1000;
    sample.sequence = sequence;
    sample.marker = ends_frame;
    sample.payload = test::vp8_payload(true, sequence == 1);
    auto bytes = sample.bytes();
    const std::size_t size = bytes.size();
    bytes.resize(size + kSrtpMaxOverhead);
    bytes.resize(srtp.protect_rtp(bytes, size).value());
    return bytes;
  }

  Timestamp now{1000s};
  test::FakeCrypto crypto{1};
  test::FakeCrypto peer{2, 9};
  test::FakeSrtpOutbound srtp{0xC1};
  Shard shard{{.index = 3,
               .candidates = {{.foundation = "udp", .address = "192.0.2.1", .port = 40000}},
               .crypto = crypto}};
  Outbox outbox{Outbox::kDefaultCapacity};
  RouterId router = test::id_of<RouterId>(1);
};

TEST_F(ShardTest, DescribesATransportAsClientsNeedIt) {
  const auto description = make_transport(1);
  EXPECT_EQ(description.candidates.at(0).address, "192.0.2.1");
  EXPECT_EQ(description.dtls.fingerprints.at(0).algorithm, "sha-256");
  EXPECT_EQ(description.dtls.fingerprints.at(0).value, crypto.fingerprint().str());
  EXPECT_EQ(description.ice.username_fragment.size(), kIceUfragSize);
}

TEST_F(ShardTest, RefusesWhatIsUnknownOrTaken) {
  const auto nowhere = test::id_of<RouterId>(9);
  EXPECT_EQ(shard.create_router(router).error(), MediaError::kDuplicateId);
  EXPECT_EQ(shard.create_transport(nowhere, transport(1)).error(), MediaError::kNotFound);
  make_transport(1);
  EXPECT_EQ(shard.create_transport(router, transport(1)).error(), MediaError::kDuplicateId);
  EXPECT_EQ(shard.connect_transport(now, router, transport(2), client(), outbox).error(),
            MediaError::kNotFound);
  EXPECT_EQ(shard.restart_ice(now, router, transport(2)).error(), MediaError::kNotFound);
  EXPECT_EQ(shard.transport_stats(now, router, transport(2)).error(), MediaError::kNotFound);
  EXPECT_EQ(shard.produce(nowhere, transport(1), test::video_producer(1, 1000)).error(),
            MediaError::kNotFound);
  EXPECT_EQ(
      shard.consume(now, router, transport(1), test::video_consumer(1, 7, 2000), outbox).error(),
      MediaError::kNotFound);
  // Closing what is gone is no error.
  shard.close_router(now, nowhere, outbox);
  shard.close_transport(now, router, transport(9), outbox);
  shard.close_producer(router, test::id_of<ProducerId>(9));
  shard.close_consumer(router, test::id_of<ConsumerId>(9));
  shard.set_producer_paused(now, router, test::id_of<ProducerId>(9), true, outbox);
  shard.set_consumer_paused(now, router, test::id_of<ConsumerId>(9), true, outbox);
  shard.request_key_frame(now, router, test::id_of<ConsumerId>(9), outbox);
}

TEST_F(ShardTest, LetsNobodyProduceBeforeConnect) {
  make_transport(1);
  EXPECT_EQ(shard.produce(router, transport(1), test::video_producer(1, 1000)).error(),
            MediaError::kNotConnected);
  ASSERT_TRUE(shard.connect_transport(now, router, transport(1), client(), outbox));
  EXPECT_TRUE(shard.produce(router, transport(1), test::video_producer(1, 1000)));
}

TEST_F(ShardTest, RefusesAnSsrcThatAnotherProducerOfTheTransportHas) {
  connect(1);
  connect(2);
  ASSERT_TRUE(shard.produce(router, transport(1), test::video_producer(1, 1000)));
  EXPECT_EQ(shard.produce(router, transport(1), test::video_producer(2, 1000, "w")).error(),
            MediaError::kSsrcInUse);
  EXPECT_TRUE(shard.produce(router, transport(2), test::video_producer(2, 1000)));
}

TEST_F(ShardTest, TellsTransportStatesInOrder) {
  connect(1);
  const auto events = shard.take_events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].router, router);
  const auto& last = std::get<MediaEvent::TransportChanged>(events[1].what);
  EXPECT_EQ(last.transport, transport(1));
  EXPECT_EQ(last.state, TransportState::kConnected);
  EXPECT_TRUE(shard.take_events().empty());
}

TEST_F(ShardTest, ForwardsFromOneTransportToAnother) {
  connect(1);
  connect(2);
  ASSERT_TRUE(shard.produce(router, transport(1), test::video_producer(1, 1000)));
  ASSERT_TRUE(shard.consume(now, router, transport(2), test::video_consumer(2, 1, 2000), outbox));
  outbox.clear();
  receive(protected_video(1), 1);
  ASSERT_EQ(outbox.trains().size(), 1U);
  EXPECT_EQ(outbox.trains()[0].to, path(2));
  EXPECT_EQ(shard.counters().rtp_forwarded, 1U);
  EXPECT_EQ(shard.counters().producers, 1U);
  EXPECT_EQ(shard.counters().consumers, 1U);
}

TEST_F(ShardTest, LetsTheStartOfAFrameWaitForItsEndButNotForLong) {
  connect(1);
  connect(2);
  ASSERT_TRUE(shard.produce(router, transport(1), test::video_producer(1, 1000)));
  ASSERT_TRUE(shard.consume(now, router, transport(2), test::video_consumer(2, 1, 2000), outbox));
  outbox.clear();
  receive(protected_video(1, false), 1);
  EXPECT_TRUE(outbox.empty());
  receive(protected_video(2), 1);
  EXPECT_EQ(outbox.size(), 2U);
  outbox.clear();
  receive(protected_video(3, false), 1);
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(shard.next_timeout(), now + Producer::kGatherTime);
  shard.on_timeout(shard.next_timeout(), outbox);
  EXPECT_EQ(shard.counters().rtp_forwarded, 3U);
}

TEST_F(ShardTest, ForgetsWhatWaitsOfAProducerThatIsClosed) {
  connect(1);
  connect(2);
  ASSERT_TRUE(shard.produce(router, transport(1), test::video_producer(1, 1000)));
  ASSERT_TRUE(shard.consume(now, router, transport(2), test::video_consumer(2, 1, 2000), outbox));
  receive(protected_video(1, false), 1);
  shard.close_producer(router, test::id_of<ProducerId>(1));
  shard.on_timeout(now + Producer::kGatherTime, outbox);
  EXPECT_EQ(shard.counters().rtp_forwarded, 0U);
}

TEST_F(ShardTest, AsksForAKeyFrameInTheSameCallThatResumes) {
  connect(1);
  connect(2);
  ASSERT_TRUE(shard.produce(router, transport(1), test::video_producer(1, 1000)));
  auto options = test::video_consumer(2, 1, 2000);
  options.paused = true;
  ASSERT_TRUE(shard.consume(now, router, transport(2), options, outbox));
  EXPECT_EQ(shard.counters().key_frames_asked, 0U);
  outbox.clear();
  shard.set_consumer_paused(now, router, options.id, false, outbox);
  EXPECT_EQ(shard.counters().key_frames_asked, 1U);
  ASSERT_EQ(outbox.trains().size(), 1U);
  EXPECT_EQ(outbox.trains()[0].to, path(1));
}

TEST_F(ShardTest, StopsWhereTheOutboxNeedsToBeFlushedFirst) {
  connect(1);
  connect(2);
  ASSERT_TRUE(shard.produce(router, transport(1), test::video_producer(1, 1000)));
  ASSERT_TRUE(shard.consume(now, router, transport(2), test::video_consumer(2, 1, 2000), outbox));
  Outbox small(kOutboxHeadroom + 4);
  std::vector<ReceivedDatagram> datagrams;
  for (std::uint16_t i = 1; i <= 10; ++i) {
    datagrams.push_back({test::slot_of(shard.packets(), protected_video(i)), path(1)});
  }
  std::size_t taken = 0;
  std::size_t calls = 0;
  while (taken < datagrams.size()) {
    taken += shard.on_datagrams(now, std::span(datagrams).subspan(taken), small);
    small.clear();
    ++calls;
  }
  EXPECT_GT(calls, 1U);
  EXPECT_EQ(shard.counters().rtp_forwarded, 10U);
  EXPECT_EQ(shard.counters().drops[DropReason::kOutboxFull], 0U);
}

TEST_F(ShardTest, TakesABatchAtOnceWhereTheOutboxIsRelieved) {
  struct Relief final : OutboxRelief {
    void relieve(Outbox& full) override { full.clear(); }
  } relief;

  connect(1);
  connect(2);
  ASSERT_TRUE(shard.produce(router, transport(1), test::video_producer(1, 1000)));
  ASSERT_TRUE(shard.consume(now, router, transport(2), test::video_consumer(2, 1, 2000), outbox));
  Outbox small(kOutboxHeadroom + 4);
  small.set_relief(&relief);
  std::vector<ReceivedDatagram> datagrams;
  for (std::uint16_t i = 1; i <= 10; ++i) {
    datagrams.push_back({test::slot_of(shard.packets(), protected_video(i)), path(1)});
  }
  EXPECT_EQ(shard.on_datagrams(now, datagrams, small), 10U);
  EXPECT_EQ(shard.counters().rtp_forwarded, 10U);
}

TEST_F(ShardTest, TakesAtLeastOneDatagramHoweverSmallTheOutbox) {
  Outbox tiny(1);
  std::vector<ReceivedDatagram> datagrams;
  datagrams.push_back({test::slot_of(shard.packets(), std::vector<std::uint8_t>{9, 9}), path(1)});
  EXPECT_EQ(shard.on_datagrams(now, datagrams, tiny), 1U);
}

TEST_F(ShardTest, ClosesATransportWithAllThatBelongsToIt) {
  connect(1);
  connect(2);
  ASSERT_TRUE(shard.produce(router, transport(1), test::video_producer(1, 1000)));
  ASSERT_TRUE(shard.consume(now, router, transport(2), test::video_consumer(2, 1, 2000), outbox));
  outbox.clear();
  shard.close_transport(now, router, transport(1), outbox);
  ASSERT_EQ(outbox.size(), 1U);
  EXPECT_EQ(outbox.bytes(0)[0], 21);  // close_notify
  EXPECT_EQ(shard.counters().transports, 1U);
  EXPECT_EQ(shard.counters().producers, 0U);
  EXPECT_EQ(shard.counters().consumers, 0U);
  receive(protected_video(1), 1);
  EXPECT_EQ(shard.counters().drops[DropReason::kUnknownPath], 1U);
}

TEST_F(ShardTest, ClosesARouterWithAllThatBelongsToIt) {
  connect(1);
  connect(2);
  ASSERT_TRUE(shard.produce(router, transport(1), test::video_producer(1, 1000)));
  ASSERT_TRUE(shard.consume(now, router, transport(2), test::video_consumer(2, 1, 2000), outbox));
  shard.close_router(now, router, outbox);
  EXPECT_EQ(shard.counters().routers, 0U);
  EXPECT_EQ(shard.counters().transports, 0U);
  EXPECT_EQ(shard.counters().consumers, 0U);
  EXPECT_EQ(shard.next_timeout(), kNever);
}

TEST_F(ShardTest, HoldsNoPacketsForGoodAfterItsRoutersAreGone) {
  connect(1);
  ASSERT_TRUE(shard.produce(router, transport(1), test::video_producer(1, 1000)));
  for (std::uint16_t i = 1; i < 50; ++i) {
    receive(protected_video(i), 1);
  }
  EXPECT_GT(shard.packets().in_use(), 40U);
  shard.close_router(now, router, outbox);
  EXPECT_EQ(shard.packets().in_use(), 0U);
}

TEST_F(ShardTest, CountsStunForNobody) {
  test::Check check;
  check.username = "nobody:peer";
  check.password = "x";
  receive(check.bytes(), 1);
  EXPECT_EQ(shard.counters().drops[DropReason::kUnknownUfrag], 1U);
}

TEST_F(ShardTest, CountsWhatComesInAndGoesOut) {
  const auto description = make_transport(1);
  receive(check_for(description), 1);
  EXPECT_EQ(shard.counters().packets_in, 1U);
  EXPECT_EQ(shard.counters().packets_out, 1U);
  EXPECT_GT(shard.counters().bytes_in, 50U);
  EXPECT_GT(shard.counters().bytes_out, 30U);
}

}  // namespace
}  // namespace parlance::sfu
