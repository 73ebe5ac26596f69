#include "sfu/forward/even_sizes.h"

#include <vector>

#include <gtest/gtest.h>

#include "tests/support/sfu/media_samples.h"

namespace parlance::sfu {
namespace {

class EvenSizes : public ::testing::Test {
 protected:
  PacketRef packet(std::size_t payload, std::optional<std::uint8_t> level = {}) {
    test::RtpSample sample;
    sample.payload.resize(payload);
    sample.below_overload_db = level;
    return test::parsed_slot_of(pool, sample);
  }

  static std::vector<int> padding(const std::vector<PacketRef>& packets) {
    even_sizes(packets);
    std::vector<int> all;
    for (const PacketRef& each : packets) {
      all.push_back(each->media.padding);
    }
    return all;
  }

  PacketPool pool{64};
};

TEST_F(EvenSizes, PadsTheShorterOnesOfAFrame) {
  EXPECT_EQ(padding({packet(1000), packet(1001), packet(1000), packet(1002)}),
            (std::vector<int>{2, 1, 2, 0}));
}

TEST_F(EvenSizes, LeavesASinglePacketAlone) {
  EXPECT_EQ(padding({packet(1000)}), std::vector<int>{0});
  EXPECT_EQ(padding({}), std::vector<int>{});
}

TEST_F(EvenSizes, DoesNotBridgeALargeDifference) {
  EXPECT_EQ(padding({packet(1000), packet(1000 + kMaxEvenPadding + 1), packet(1000)}),
            (std::vector<int>{0, 0, 0}));
  EXPECT_EQ(padding({packet(1000), packet(1000 + kMaxEvenPadding)}),
            (std::vector<int>{kMaxEvenPadding, 0}));
}

TEST_F(EvenSizes, NeverAddsMoreThanTheLimitInAStaircase) {
  EXPECT_EQ(padding({packet(1000), packet(1005), packet(1010), packet(1015)}),
            (std::vector<int>{5, 0, 5, 0}));
}

TEST_F(EvenSizes, KeepsPacketsWithOtherExtensionsApart) {
  EXPECT_EQ(padding({packet(1000, 5), packet(1002, 6), packet(1003), packet(1004)}),
            (std::vector<int>{2, 0, 1, 0}));
}

}  // namespace
}  // namespace parlance::sfu
