#include "sfu/forward/producer_stream.h"

#include <gtest/gtest.h>

#include "tests/support/sfu/fake_ports.h"

namespace parlance::sfu {
namespace {

using namespace std::chrono_literals;

class ProducerStreamTest : public ::testing::Test {
 protected:
  std::expected<ProducerStream::Accepted, DropReason> take(std::uint16_t sequence,
                                                           bool key_frame = false,
                                                           bool repaired = false) {
    const PacketRef packet =
        test::parsed_slot_of(bench.pool, test::ForwardBench::video(sequence, key_frame));
    return stream.on_packet(bench.now, {}, packet, type, repaired);
  }

  void wait(Duration duration) {
    bench.now += duration;
    stream.on_timeout(bench.now, bench.feedback);
  }

  test::ForwardBench bench;
  ProducerStream::Setup setup{.kind = rtp::MediaKind::kVideo,
                              .ssrc = 1000,
                              .rtx_ssrc = 1001,
                              .clock_rate = 90000,
                              .asks_again = true,
                              .by_fir = false};
  PayloadType type{.use = PayloadType::Use::kMedia,
                   .codec = rtp::Codec::kVp8,
                   .router_number = 101,
                   .media_number = 0,
                   .clock_rate = 90000};
  ProducerStream stream{setup, bench.pool, bench.counters};
};

TEST_F(ProducerStreamTest, AsksForAGapAfterTenMilliseconds) {
  ASSERT_TRUE(take(10));
  ASSERT_TRUE(take(13));
  wait(9ms);
  EXPECT_TRUE(bench.feedback.packets.empty());
  wait(1ms);
  EXPECT_EQ(bench.feedback.packets, (std::vector<std::uint16_t>{11, 12}));
  EXPECT_EQ(bench.counters.packets_asked_again, 2U);
}

TEST_F(ProducerStreamTest, SaysWhatCaptureTimesNeedToBeOnTheServersClock) {
  // One extension, abs-capture-time of 8 bytes under the id 9.
  std::vector<std::uint8_t> bytes{
      0x90, 96, 0, 10, 0, 0, 0, 0, 0, 0, 3, 0xE8, 0xBE, 0xDE, 0, 3, 0x97};
  bytes.resize(bytes.size() + 8 + 3 + 20);
  rtp::ExtensionMap extensions;
  extensions.add(rtp::ExtensionKind::kAbsCaptureTime, 9);
  const PacketRef packet = test::slot_of(bench.pool, bytes);
  packet->media.view = rtp::PacketView::parse(packet->bytes(), extensions).value();
  // The publisher's clock is a quarter of a second behind ours.
  const auto ours = rtp::NtpTime::from_unix_micros(1'800'000'000'000'000);
  rtp::rtcp::SenderReport report;
  report.ntp = ours.plus(-250ms);
  stream.on_sender_report(bench.now, ours, report);
  ASSERT_TRUE(stream.on_packet(bench.now, ours, packet, type, false));
  EXPECT_EQ(packet->media.capture_clock_offset, -(std::int64_t{1} << 30));
}

TEST_F(ProducerStreamTest, CountsWhatCameAfterItWasMissed) {
  ASSERT_TRUE(take(10));
  ASSERT_TRUE(take(12));
  wait(10ms);
  ASSERT_TRUE(take(11, false, true));
  EXPECT_EQ(bench.counters.packets_repaired, 1U);
  EXPECT_EQ(stream.totals(bench.now).repaired, 1U);
  EXPECT_EQ(stream.totals(bench.now).retransmitted, 1U);
}

TEST_F(ProducerStreamTest, RefusesWhatItHasAlready) {
  ASSERT_TRUE(take(10));
  ASSERT_TRUE(take(11));
  EXPECT_EQ(take(10).error(), DropReason::kDuplicateRtp);
  EXPECT_EQ(take(11, false, true).error(), DropReason::kDuplicateRtp);
  EXPECT_EQ(stream.totals(bench.now).packets, 2U);
}

TEST_F(ProducerStreamTest, RefusesARetransmissionBeforeTheFirstPacket) {
  EXPECT_EQ(take(10, false, true).error(), DropReason::kStaleRtp);
}

TEST_F(ProducerStreamTest, RefusesANumberFarOffAndBelievesTwoInARow) {
  ASSERT_TRUE(take(10));
  EXPECT_EQ(take(30000).error(), DropReason::kStaleRtp);
  const auto second = take(30001);
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->reset);
}

TEST_F(ProducerStreamTest, KeepsPacketsForTwoSeconds) {
  ASSERT_TRUE(take(10));
  const rtp::ExtendedSequence sequence = stream.newest();
  EXPECT_NE(stream.stored(bench.now, sequence), nullptr);
  EXPECT_NE(stream.stored(bench.now + 2s, sequence), nullptr);
  EXPECT_EQ(stream.stored(bench.now + 2001ms, sequence), nullptr);
}

TEST_F(ProducerStreamTest, GivesSlotsBackWhileThePoolIsScarce) {
  std::vector<PacketRef> others;
  for (std::uint16_t i = 0; i < 100; ++i) {
    ASSERT_TRUE(take(i));
    bench.now += 1ms;
  }
  const std::size_t stored = bench.pool.in_use();
  while (!bench.pool.scarce()) {
    others.push_back(bench.pool.acquire());
  }
  for (std::uint16_t i = 100; i < 150; ++i) {
    ASSERT_TRUE(take(i));
    bench.now += 1ms;
  }
  EXPECT_LT(bench.pool.in_use() - others.size(), stored);
}

TEST_F(ProducerStreamTest, ReplaysAKeyFrameWhileItIsYoung) {
  EXPECT_FALSE(stream.replayable_key_frame(bench.now).has_value());
  ASSERT_TRUE(take(10, true));
  ASSERT_TRUE(take(11));
  ASSERT_TRUE(stream.replayable_key_frame(bench.now).has_value());
  EXPECT_EQ(stream.replayable_key_frame(bench.now)->first, stream.newest() - 1);
  EXPECT_TRUE(stream.replayable_key_frame(bench.now + kKeyFrameReplayAge).has_value());
  EXPECT_FALSE(stream.replayable_key_frame(bench.now + kKeyFrameReplayAge + 1ms).has_value());
}

TEST_F(ProducerStreamTest, DoesNotReplayALongGroupOfPictures) {
  ASSERT_TRUE(take(10, true));
  for (std::uint16_t i = 11; i <= 10 + kKeyFrameReplayPackets; ++i) {
    ASSERT_TRUE(take(i));
  }
  EXPECT_TRUE(stream.replayable_key_frame(bench.now).has_value());
  ASSERT_TRUE(take(11 + kKeyFrameReplayPackets));
  EXPECT_FALSE(stream.replayable_key_frame(bench.now).has_value());
}

TEST_F(ProducerStreamTest, AsksForKeyFramesByPliWhileSomebodyWishes) {
  stream.key_frames().open_wish(bench.now);
  EXPECT_EQ(stream.next_timeout(), bench.now);
  wait(0ms);
  wait(100ms);
  EXPECT_EQ(bench.feedback.plis.size(), 2U);
  stream.key_frames().close_wish();
  EXPECT_EQ(stream.next_timeout(), kNever);
}

TEST_F(ProducerStreamTest, AsksByFirWithNewNumbersWherePliWasNotAgreed) {
  setup.by_fir = true;
  ProducerStream other(setup, bench.pool, bench.counters);
  other.key_frames().open_wish(bench.now);
  other.on_timeout(bench.now, bench.feedback);
  other.on_timeout(bench.now + 100ms, bench.feedback);
  EXPECT_EQ(bench.feedback.firs, (std::vector<std::uint8_t>{0, 1}));
  EXPECT_TRUE(bench.feedback.plis.empty());
  other.key_frames().close_wish();
}

TEST_F(ProducerStreamTest, AsksForNothingWhilePaused) {
  ASSERT_TRUE(take(10));
  ASSERT_TRUE(take(12));
  stream.set_paused(true);
  EXPECT_EQ(stream.next_timeout(), kNever);
  wait(100ms);
  EXPECT_TRUE(bench.feedback.packets.empty());
}

TEST_F(ProducerStreamTest, ReportsLossToThePublisher) {
  ASSERT_TRUE(take(10));
  ASSERT_TRUE(take(14));
  const auto report = stream.make_report(bench.now);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->ssrc, 1000U);
  EXPECT_EQ(report->cumulative_lost, 3);
  EXPECT_LT(stream.totals(bench.now).score, 10);
}

}  // namespace
}  // namespace parlance::sfu
