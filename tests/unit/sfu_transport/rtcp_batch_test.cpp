#include "sfu/transport/rtcp_batch.h"

#include <gtest/gtest.h>

#include "rtp/rtcp/compound.h"
#include "rtp/rtcp/full_intra_request.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/picture_loss.h"
#include "tests/support/sfu/fake_crypto.h"

namespace parlance::sfu {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(1000)};
constexpr std::size_t kProtection = 20;

class RtcpBatchTest : public ::testing::Test {
 protected:
  RtcpBatchTest() {
    sender.set_path(Path{.socket = 0, .remote = SocketAddress::v4({10, 0, 0, 1}, 1)});
    sender.set_keys(std::make_unique<test::FakeSrtpOutbound>(std::uint8_t{5}));
  }

  std::span<const std::uint8_t> plain(std::uint32_t datagram) const {
    return outbox.bytes(datagram).first(outbox.bytes(datagram).size() - kProtection);
  }

  ShardCounters counters;
  MediaSender sender{counters};
  Outbox outbox{16};
};

TEST_F(RtcpBatchTest, PutsSmallPacketsIntoOneDatagram) {
  RtcpBatch batch(kNow, sender, outbox);
  FeedbackWriter feedback(7, batch, counters);
  feedback.ask_packets(1000, std::vector<std::uint16_t>{4, 5, 9});
  feedback.ask_key_frame_by_pli(1000);
  feedback.ask_key_frame_by_fir(2000, 3);
  EXPECT_TRUE(outbox.empty());
  batch.flush();
  ASSERT_EQ(outbox.size(), 1U);
  rtp::rtcp::CompoundReader reader(plain(0));
  const auto nack = rtp::rtcp::parse_nack(reader.next().value());
  ASSERT_TRUE(nack.has_value());
  EXPECT_EQ(nack->sender, 7U);
  std::vector<std::uint16_t> asked;
  nack->for_each([&](std::uint16_t sequence) { asked.push_back(sequence); });
  EXPECT_EQ(asked, (std::vector<std::uint16_t>{4, 5, 9}));
  EXPECT_EQ(rtp::rtcp::parse_picture_loss(reader.next().value())->media, 1000U);
  const auto fir = rtp::rtcp::parse_full_intra_request(reader.next().value());
  ASSERT_TRUE(fir.has_value());
  EXPECT_EQ(fir->entries[0].ssrc, 2000U);
  EXPECT_EQ(fir->entries[0].sequence, 3);
  EXPECT_FALSE(reader.next().has_value());
  EXPECT_FALSE(reader.malformed());
}

TEST_F(RtcpBatchTest, BeginsAnotherDatagramWhenOneIsFull) {
  RtcpBatch batch(kNow, sender, outbox);
  FeedbackWriter feedback(7, batch, counters);
  std::vector<std::uint16_t> scattered;
  for (std::uint16_t i = 0; i < 700; ++i) {
    scattered.push_back(static_cast<std::uint16_t>(i * 40));
  }
  feedback.ask_packets(1000, scattered);
  batch.flush();
  EXPECT_EQ(outbox.size(), 3U);
  std::size_t asked = 0;
  for (std::uint32_t i = 0; i < outbox.size(); ++i) {
    EXPECT_LE(plain(i).size(), kMaxRtcpBytes);
    rtp::rtcp::CompoundReader reader(plain(i));
    while (const auto packet = reader.next()) {
      rtp::rtcp::parse_nack(*packet).value().for_each([&](std::uint16_t) { ++asked; });
    }
  }
  EXPECT_EQ(asked, scattered.size());
}

TEST_F(RtcpBatchTest, SendsNothingWhereNothingWasWritten) {
  RtcpBatch batch(kNow, sender, outbox);
  batch.room(100);
  batch.flush();
  EXPECT_TRUE(outbox.empty());
}

}  // namespace
}  // namespace parlance::sfu
