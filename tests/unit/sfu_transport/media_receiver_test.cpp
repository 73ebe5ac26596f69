#include "sfu/transport/media_receiver.h"

#include <gtest/gtest.h>

#include "tests/support/sfu/fake_crypto.h"
#include "tests/support/sfu/fake_ports.h"

namespace parlance::sfu {
namespace {

class MediaReceiverTest : public ::testing::Test {
 protected:
  void SetUp() override {
    receiver.set_keys(std::make_unique<test::FakeSrtpInbound>(kKey));
    ASSERT_TRUE(receiver.attach(producer));
  }

  void receive(const test::RtpSample& sample) {
    auto bytes = sample.bytes();
    const std::size_t size = bytes.size();
    bytes.resize(size + kSrtpMaxOverhead);
    bytes.resize(srtp.protect_rtp(bytes, size).value());
    receiver.on_rtp(bench.now, test::slot_of(bench.pool, bytes), bench.outbox);
  }

  static test::RtpSample rtx(std::uint16_t sequence, std::uint16_t original) {
    auto sample = test::ForwardBench::video(original);
    sample.payload_type = test::kVideoRtxType;
    sample.ssrc = 1001;
    sample.sequence = sequence;
    sample.payload.insert(
        sample.payload.begin(),
        {static_cast<std::uint8_t>(original >> 8U), static_cast<std::uint8_t>(original & 0xFFU)});
    return sample;
  }

  static constexpr std::uint8_t kKey = 9;

  test::ForwardBench bench;
  Producer producer{
      test::video_producer(1, 1000), 1, bench.context(), bench.publisher, bench.levels};
  MediaReceiver receiver{bench.counters};
  test::FakeSrtpOutbound srtp{kKey};
};

TEST_F(MediaReceiverTest, BringsMediaToItsProducer) {
  receive(test::ForwardBench::video(10, true));
  EXPECT_EQ(producer.stream(0).totals(bench.now).packets, 1U);
  const PacketRef* stored = producer.stream(0).stored(bench.now, producer.stream(0).newest());
  ASSERT_NE(stored, nullptr);
  EXPECT_TRUE((*stored)->media.info.starts_key_frame);
  EXPECT_EQ((*stored)->media.payload_type, test::kRouterVideoType);
}

TEST_F(MediaReceiverTest, RestoresWhatCameByRtx) {
  receive(test::ForwardBench::video(10, true));
  receive(test::ForwardBench::video(12));
  receive(rtx(1, 11));
  const PacketRef* stored = producer.stream(0).stored(bench.now, producer.stream(0).newest() - 1);
  ASSERT_NE(stored, nullptr);
  const rtp::PacketView& view = (*stored)->media.view;
  EXPECT_EQ(view.ssrc(), 1000U);
  EXPECT_EQ(view.sequence(), 11);
  EXPECT_EQ(view.payload_type(), test::kVideoType);
  EXPECT_TRUE(std::ranges::equal(view.payload(), test::vp8_payload(true, false)));
  EXPECT_EQ(producer.stream(0).totals(bench.now).retransmitted, 1U);
}

TEST_F(MediaReceiverTest, TellsPaddingOnTheRtxStreamFromGarbage) {
  receive(test::ForwardBench::video(10, true));
  auto padding = rtx(1, 10);
  padding.payload.clear();
  padding.padding = 100;
  receive(padding);
  EXPECT_EQ(producer.stream(0).totals(bench.now).rtx_discarded, 1U);
  auto garbage = rtx(2, 10);
  garbage.payload = {1};
  receive(garbage);
  EXPECT_EQ(bench.drops(DropReason::kMalformedRtx), 1U);
}

TEST_F(MediaReceiverTest, CountsTheReasonOfEveryDrop) {
  receive(test::ForwardBench::video(10, true));
  auto stranger = test::ForwardBench::video(10, true);
  stranger.ssrc = 77;
  receive(stranger);
  EXPECT_EQ(bench.drops(DropReason::kUnknownSsrc), 1U);
  receive(test::ForwardBench::video(10, true));
  EXPECT_EQ(bench.drops(DropReason::kReplayedMedia), 1U);
  receiver.on_rtp(
      bench.now, test::slot_of(bench.pool, std::vector<std::uint8_t>(200, 0x80)), bench.outbox);
  EXPECT_EQ(bench.drops(DropReason::kBadMediaAuth), 1U);
  auto media_type_on_rtx = rtx(5, 11);
  media_type_on_rtx.payload_type = test::kVideoType;
  receive(media_type_on_rtx);
  EXPECT_EQ(bench.drops(DropReason::kUnknownPayloadType), 1U);
  receiver.set_keys(nullptr);
  receive(test::ForwardBench::video(11));
  EXPECT_EQ(bench.drops(DropReason::kMediaBeforeDtls), 1U);
}

TEST_F(MediaReceiverTest, LogsTransportWideArrivals) {
  auto sample = test::ForwardBench::video(10, true);
  sample.transport_sequence = 4711;
  EXPECT_EQ(receiver.arrivals().next_timeout(), kNever);
  receive(sample);
  EXPECT_LE(receiver.arrivals().next_timeout(), bench.now + rtp::kTransportFeedbackInterval);
}

TEST_F(MediaReceiverTest, LeavesRtcpDecryptedInItsSlot) {
  std::vector<std::uint8_t> rtcp{0x80, 201, 0, 1, 0, 0, 0, 9};
  rtcp.resize(8 + kSrtpMaxOverhead);
  const auto size = srtp.protect_rtcp(rtcp, 8);
  rtcp.resize(size.value());
  const PacketRef packet = test::slot_of(bench.pool, rtcp);
  ASSERT_TRUE(receiver.unprotect_rtcp(*packet));
  EXPECT_EQ(packet->bytes().size(), 8U);
  const PacketRef replayed = test::slot_of(bench.pool, rtcp);
  EXPECT_FALSE(receiver.unprotect_rtcp(*replayed));
  EXPECT_EQ(bench.drops(DropReason::kReplayedMedia), 1U);
}

TEST_F(MediaReceiverTest, ForgetsAProducerThatIsGone) {
  receiver.detach(producer);
  receive(test::ForwardBench::video(10, true));
  EXPECT_EQ(bench.drops(DropReason::kUnknownSsrc), 1U);
}

}  // namespace
}  // namespace parlance::sfu
