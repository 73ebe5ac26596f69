#include "sfu/packet/drop_reason.h"

#include <set>

#include <gtest/gtest.h>

namespace parlance::sfu {

TEST(DropReason, HasANameOfItsOwnForEach) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < static_cast<std::size_t>(DropReason::kCount); ++i) {
    const std::string_view name = to_string(static_cast<DropReason>(i));
    EXPECT_FALSE(name.empty());
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_FALSE(names.contains("unknown"));
}

TEST(DropReason, NamesMatchTheirReasons) {
  EXPECT_EQ(to_string(DropReason::kUnknownDatagram), "unknown_datagram");
  EXPECT_EQ(to_string(DropReason::kReplayedMedia), "replayed_media");
  EXPECT_EQ(to_string(DropReason::kUnknownSsrc), "unknown_ssrc");
  EXPECT_EQ(to_string(DropReason::kOutboxFull), "outbox_full");
  EXPECT_EQ(to_string(DropReason::kTooLarge), "too_large");
}

TEST(DropCounters, CountEachReasonApart) {
  DropCounters drops;
  drops.count(DropReason::kStaleRtp);
  drops.count(DropReason::kNoPath, 3);
  EXPECT_EQ(drops[DropReason::kStaleRtp], 1U);
  EXPECT_EQ(drops[DropReason::kNoPath], 3U);
  EXPECT_EQ(drops[DropReason::kBadStun], 0U);
}

}  // namespace parlance::sfu
