#include "sfu/transport/sent_history.h"

#include <array>

#include <gtest/gtest.h>

#include "base/byte_writer.h"

namespace parlance::sfu {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kNow{1000s};

// Feedback about `arrived`, from the number `base` on, as a subscriber writes it.
void tell(SentHistory& history,
          rtp::ExtendedSequence base,
          const std::vector<rtp::ExtendedSequence>& arrived,
          Timestamp now = kNow + 50ms) {
  std::vector<rtp::rtcp::PacketArrival> arrivals;
  for (const rtp::ExtendedSequence sequence : arrived) {
    arrivals.push_back({sequence, kNow + 10ms});
  }
  std::array<std::uint8_t, 1300> bytes{};
  ByteWriter out(bytes);
  rtp::rtcp::write_transport_feedback(out, {.sender = 1, .media = 2, .base = base}, arrivals);
  rtp::rtcp::CompoundReader reader(out.written());
  const auto packet = reader.next();
  ASSERT_TRUE(packet.has_value());
  const auto feedback = rtp::rtcp::parse_transport_feedback(*packet);
  ASSERT_TRUE(feedback.has_value());
  history.on_feedback(now, *feedback);
}

TEST(SentHistory, NumbersPacketsInTurn) {
  SentHistory history;
  const std::uint16_t first = history.next_sequence();
  EXPECT_EQ(history.next_sequence(), first);
  history.on_sent(kNow);
  EXPECT_EQ(history.next_sequence(), first + 1);
}

TEST(SentHistory, CountsArrivedAndMissing) {
  SentHistory history;
  for (int i = 0; i < 4; ++i) {
    history.on_sent(kNow);  // numbers 1 to 4
  }
  tell(history, 1, {1, 3, 4});
  EXPECT_EQ(history.totals().arrived, 3U);
  EXPECT_EQ(history.totals().missing, 1U);
  EXPECT_EQ(history.totals().fraction_lost, 63);
  EXPECT_EQ(history.totals().last_round_trip, 50ms);
}

TEST(SentHistory, CountsAPacketOnceAndForgivesALateOne) {
  SentHistory history;
  for (int i = 0; i < 3; ++i) {
    history.on_sent(kNow);
  }
  tell(history, 1, {1, 3});
  tell(history, 1, {1, 2, 3});
  EXPECT_EQ(history.totals().arrived, 3U);
  EXPECT_EQ(history.totals().missing, 0U);
}

TEST(SentHistory, IgnoresNumbersThatWereNeverSent) {
  SentHistory history;
  tell(history, 5, {5});
  history.on_sent(kNow);
  tell(history, 9, {9, 10});
  EXPECT_EQ(history.totals().arrived, 0U);
  EXPECT_EQ(history.totals().feedbacks, 2U);
}

TEST(SentHistory, ForgetsWhatIsOlderThanItsRing) {
  SentHistory history;
  for (std::size_t i = 0; i < SentHistory::kMaxPackets + 1; ++i) {
    history.on_sent(kNow);
  }
  tell(history, 1, {1});
  EXPECT_EQ(history.totals().arrived, 0U);
  tell(history, 2, {2});
  EXPECT_EQ(history.totals().arrived, 1U);
}

TEST(SentHistory, GrowsForWhatMayStillBeToldOf) {
  SentHistory history;
  for (std::size_t i = 0; i < SentHistory::kFirstPackets + 1; ++i) {
    history.on_sent(kNow + (i < SentHistory::kFirstPackets ? 0ms : 400ms));
  }
  tell(history, 1, {1, 2});
  EXPECT_EQ(history.totals().arrived, 2U);
}

TEST(SentHistory, DoesNotGrowForWhatIsTooOld) {
  SentHistory history;
  for (std::size_t i = 0; i < SentHistory::kFirstPackets + 1; ++i) {
    history.on_sent(kNow + (i < SentHistory::kFirstPackets ? 0ms : 600ms));
  }
  tell(history, 1, {1, 2});
  EXPECT_EQ(history.totals().arrived, 1U);
}

}  // namespace
}  // namespace parlance::sfu
