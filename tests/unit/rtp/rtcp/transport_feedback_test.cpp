#include "rtp/rtcp/transport_feedback.h"

#include <array>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"
#include "tests/unit/rtp/rtcp/samples.h"

namespace parlance::rtp::rtcp {
namespace {

using test::hex;
using test::kStart;
using test::ms;
using test::only_packet;

using Reported = std::map<std::uint16_t, std::optional<Duration>>;

Reported reported(const TransportFeedback& feedback) {
  Reported all;
  feedback.for_each(
      [&](std::uint16_t sequence, std::optional<Duration> at) { all[sequence] = at; });
  return all;
}

std::vector<std::uint8_t> write(const FeedbackNumbers& numbers,
                                std::span<const PacketArrival> arrivals,
                                std::size_t& taken) {
  std::array<std::uint8_t, 2000> buffer{};
  ByteWriter out(buffer);
  taken = write_transport_feedback(out, numbers, arrivals);
  EXPECT_TRUE(out.ok());
  return {out.written().begin(), out.written().end()};
}

TEST(TransportFeedback, ReadsAllKindsOfChunks) {
  // base 100, 23 packets, reference 2: run of 3 small; one-bit vector 1,0 and 12 more 0; two-bit
  // vector: large, small, missing x4 of 7.
  const auto bytes =
      hex("8f cd 0008 00000001 00000002 0064 0017 000002 05"
          "2003 a000 e400"
          "04 08 00 0c ffff 01 000000");
  const auto feedback = parse_transport_feedback(only_packet(bytes));
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->base_sequence, 100);
  EXPECT_EQ(feedback->feedback_count, 5);
  const auto all = reported(*feedback);
  ASSERT_EQ(all.size(), 23U);
  EXPECT_EQ(all.at(100), ms(128) + 4 * kFeedbackTick);
  EXPECT_EQ(all.at(101), ms(128) + 12 * kFeedbackTick);
  EXPECT_EQ(all.at(102), ms(128) + 12 * kFeedbackTick);
  EXPECT_EQ(all.at(103), ms(128) + 24 * kFeedbackTick);
  EXPECT_FALSE(all.at(104));
  EXPECT_EQ(all.at(117), ms(128) + 23 * kFeedbackTick);  // 24 - 1: a negative delta
  EXPECT_EQ(all.at(118), ms(128) + 24 * kFeedbackTick);
  EXPECT_FALSE(all.at(122));
}

TEST(TransportFeedback, ReadsANegativeReferenceTime) {
  const auto bytes = hex("8f cd 0005 00000001 00000002 0064 0001 ffffff 05 2001 00 00");
  const auto feedback = parse_transport_feedback(only_packet(bytes));
  ASSERT_TRUE(feedback);
  EXPECT_EQ(reported(*feedback).at(100), -ms(64));
}

TEST(TransportFeedback, RefusesStatusesWithoutChunksOrDeltas) {
  const auto parse = [](std::string_view text) {
    const auto bytes = hex(text);
    return parse_transport_feedback(only_packet(bytes)).error();
  };
  EXPECT_EQ(parse("8f cd 0005 00000001 00000002 0064 0004 000001 05 2003 0000"),
            RtcpError::kTruncated);
  EXPECT_EQ(parse("8f cd 0005 00000001 00000002 0064 0003 000001 05 2003 0000"),
            RtcpError::kTruncated);
  EXPECT_EQ(parse("8f cd 0005 00000001 00000002 0064 0001 000001 05 6001 0000"),
            RtcpError::kInvalid);
  EXPECT_EQ(parse("8f cd 0005 00000001 00000002 0064 0000 000001 05 0000 0000"),
            RtcpError::kInvalid);
  EXPECT_EQ(parse("8f cd 0003 00000001 00000002 0064 0001"), RtcpError::kTruncated);
}

TEST(TransportFeedback, RefusesToWalkMorePacketsThanAnyoneSends) {
  // Ten bytes that claim 65,535 missing packets.
  const auto bytes =
      hex("8f cd 0008 00000001 00000002 0064 ffff 000001 05"
          "1fff 1fff 1fff 1fff 1fff 1fff 1fff 1fff");
  EXPECT_EQ(parse_transport_feedback(only_packet(bytes)).error(), RtcpError::kInvalid);
}

TEST(TransportFeedback, WritesAKnownPacket) {
  // 1000 s is 15,625 reference ticks exactly.
  const std::vector<PacketArrival> arrivals = {
      {100, kStart}, {101, kStart + ms(1)}, {103, kStart + ms(2)}};
  std::size_t taken = 0;
  const auto bytes = write({1, 2, 5, 100}, arrivals, taken);
  EXPECT_EQ(taken, 3U);
  EXPECT_EQ(bytes, hex("8f cd 0006 00000001 00000002 0064 0004 003d09 05 b400 00 04 04 000000"));
}

TEST(TransportFeedback, ReportsTheGapBeforeTheFirstArrival) {
  const std::vector<PacketArrival> arrivals = {{12, kStart}};
  std::size_t taken = 0;
  const auto bytes = write({1, 2, 0, 10}, arrivals, taken);
  const auto all = reported(parse_transport_feedback(only_packet(bytes)).value());
  ASSERT_EQ(all.size(), 3U);
  EXPECT_FALSE(all.at(10));
  EXPECT_FALSE(all.at(11));
  EXPECT_TRUE(all.at(12));
}

TEST(TransportFeedback, StopsWhereADeltaIsTooLarge) {
  const std::vector<PacketArrival> arrivals = {{1, kStart}, {2, kStart + ms(9000)}};
  std::size_t taken = 0;
  write({1, 2, 0, 1}, arrivals, taken);
  EXPECT_EQ(taken, 1U);
}

TEST(TransportFeedback, NeverExceedsItsSizeAndAlwaysAdvances) {
  std::vector<PacketArrival> arrivals;
  for (std::int64_t i = 0; i < 3000; ++i) {
    arrivals.push_back({i * 3, kStart + ms(100) * i});
  }
  std::size_t taken = 0;
  const auto bytes = write({1, 2, 0, 0}, arrivals, taken);
  EXPECT_LE(bytes.size(), kMaxFeedbackSize);
  EXPECT_GT(taken, 100U);
  const std::vector<PacketArrival> far = {{70'000, kStart}};
  write({1, 2, 0, 0}, far, taken);
  EXPECT_EQ(taken, 1U);
}

TEST(TransportFeedback, RoundTripsWhateverArrived) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    std::vector<PacketArrival> arrivals;
    ExtendedSequence sequence = 65'500;
    Timestamp at = kStart;
    for (unsigned i = 0; i < 1 + random() % 150; ++i) {
      sequence += 1 + static_cast<ExtendedSequence>(random() % 5 == 0 ? random() % 30 : 0);
      at += Duration(static_cast<std::int64_t>(random() % 120'000) -
                     (random() % 10 == 0 ? 20'000 : 0));
      arrivals.push_back({sequence, at});
    }
    std::size_t taken = 0;
    const auto bytes = write({1, 2, 0, arrivals.front().sequence}, arrivals, taken);
    ASSERT_GT(taken, 0U) << "seed " << seed;
    const auto all = reported(parse_transport_feedback(only_packet(bytes)).value());
    const auto start = reported(parse_transport_feedback(only_packet(bytes)).value())
                           .at(static_cast<std::uint16_t>(arrivals.front().sequence))
                           .value();
    std::size_t received = 0;
    for (const auto& [number, when] : all) {
      received += when ? 1U : 0U;
    }
    EXPECT_EQ(received, taken) << "seed " << seed;
    for (std::size_t i = 0; i < taken; ++i) {
      const auto when = all.at(static_cast<std::uint16_t>(arrivals[i].sequence));
      ASSERT_TRUE(when) << "seed " << seed;
      const Duration error = (*when - start) - (arrivals[i].at - arrivals.front().at);
      EXPECT_LE(std::chrono::abs(error), kFeedbackTick) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace parlance::rtp::rtcp
