#include "sfu/transport/media_sender.h"

#include <gtest/gtest.h>

#include "tests/support/sfu/fake_crypto.h"
#include "tests/support/sfu/media_samples.h"

namespace parlance::sfu {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(1000)};

class MediaSenderTest : public ::testing::Test {
 protected:
  void make_ready() {
    sender.set_path(path);
    sender.set_keys(std::make_unique<test::FakeSrtpOutbound>(std::uint8_t{5}));
  }

  bool send_one(bool has_transport_sequence) {
    const auto room = sender.reserve(outbox);
    if (room.bytes.empty()) {
      return false;
    }
    test::RtpSample sample;
    sample.payload = {1, 2, 3};
    const auto bytes = sample.bytes();
    std::ranges::copy(bytes, room.bytes.begin());
    return sender.send_rtp(kNow, {bytes.size(), has_transport_sequence}, outbox);
  }

  ShardCounters counters;
  MediaSender sender{counters};
  Outbox outbox{2};
  Path path{.socket = 3, .remote = SocketAddress::v4({10, 0, 0, 1}, 1)};
};

TEST_F(MediaSenderTest, SendsNothingWithoutKeysOrPath) {
  EXPECT_FALSE(send_one(false));
  sender.set_path(path);
  EXPECT_FALSE(send_one(false));
  EXPECT_EQ(counters.drops[DropReason::kNoPath], 2U);
  make_ready();
  EXPECT_TRUE(send_one(false));
  sender.set_path(std::nullopt);
  EXPECT_FALSE(send_one(false));
}

TEST_F(MediaSenderTest, SpendsATransportSequenceOnlyWhereItWasWritten) {
  make_ready();
  const std::uint16_t first = sender.reserve(outbox).transport_sequence;
  EXPECT_TRUE(send_one(false));
  EXPECT_EQ(sender.reserve(outbox).transport_sequence, first);
  EXPECT_TRUE(send_one(true));
  outbox.clear();
  EXPECT_EQ(sender.reserve(outbox).transport_sequence, first + 1);
}

TEST_F(MediaSenderTest, CountsAFullOutbox) {
  make_ready();
  EXPECT_TRUE(send_one(false));
  EXPECT_TRUE(send_one(false));
  EXPECT_FALSE(send_one(false));
  EXPECT_EQ(counters.drops[DropReason::kOutboxFull], 1U);
}

TEST_F(MediaSenderTest, FollowsAChangeOfPath) {
  make_ready();
  EXPECT_TRUE(send_one(false));
  const Path other{.socket = 3, .remote = SocketAddress::v4({10, 0, 0, 2}, 2)};
  sender.set_path(other);
  EXPECT_TRUE(send_one(false));
  ASSERT_EQ(outbox.trains().size(), 2U);
  EXPECT_EQ(outbox.trains()[0].to, path);
  EXPECT_EQ(outbox.trains()[1].to, other);
}

TEST_F(MediaSenderTest, SendsDtlsBeforeThereAreKeys) {
  const std::vector<std::uint8_t> flight{22, 1, 2, 3};
  sender.send_dtls(kNow, flight, outbox);
  EXPECT_TRUE(outbox.empty());
  sender.set_path(path);
  sender.send_dtls(kNow, flight, outbox);
  ASSERT_EQ(outbox.size(), 1U);
  EXPECT_EQ(outbox.bytes(0).size(), 4U);
}

}  // namespace
}  // namespace parlance::sfu
