#include "sfu/packet/packet_pool.h"

#include <vector>

#include <gtest/gtest.h>

namespace parlance::sfu {
namespace {

TEST(PacketPool, GivesASlotBackWithItsLastShare) {
  PacketPool pool(1);
  PacketRef first = pool.acquire();
  ASSERT_TRUE(first);
  PacketRef second = first;
  EXPECT_EQ(pool.in_use(), 1U);
  first.reset();
  EXPECT_EQ(pool.in_use(), 1U);
  second = PacketRef();
  EXPECT_EQ(pool.in_use(), 0U);
}

TEST(PacketPool, MovesAShareWithoutCountingIt) {
  PacketPool pool(1);
  PacketRef first = pool.acquire();
  PacketRef second = std::move(first);
  EXPECT_TRUE(second);
  second.reset();
  EXPECT_EQ(pool.in_use(), 0U);
}

TEST(PacketPool, SurvivesAssignmentToItself) {
  PacketPool pool(1);
  PacketRef share = pool.acquire();
  const PacketRef& same = share;
  share = same;
  EXPECT_TRUE(share);
  EXPECT_EQ(pool.in_use(), 1U);
}

TEST(PacketPool, GrowsToItsLimitAndNoFurther) {
  PacketPool pool(2 * PacketPool::kBlockSlots);
  std::vector<PacketRef> held;
  for (std::size_t i = 0; i < pool.capacity(); ++i) {
    held.push_back(pool.acquire());
    ASSERT_TRUE(held.back());
  }
  EXPECT_FALSE(pool.acquire());
  held.pop_back();
  EXPECT_TRUE(pool.acquire());
}

TEST(PacketPool, IsScarceWhenAnEighthIsLeft) {
  PacketPool pool(PacketPool::kBlockSlots);
  std::vector<PacketRef> held;
  while (held.size() < pool.capacity() * 7 / 8) {
    held.push_back(pool.acquire());
  }
  EXPECT_FALSE(pool.scarce());
  held.push_back(pool.acquire());
  EXPECT_TRUE(pool.scarce());
}

TEST(PacketSlot, IsEmptyWhenTakenAgain) {
  PacketPool pool(1);
  PacketRef slot = pool.acquire();
  slot->resize(100);
  slot->remove_prefix(2);
  EXPECT_EQ(slot->bytes().size(), 98U);
  EXPECT_EQ(slot->bytes().data(), slot->buffer().data() + 2);
  slot.reset();
  slot = pool.acquire();
  EXPECT_TRUE(slot->bytes().empty());
  slot->resize(5);
  EXPECT_EQ(slot->bytes().data(), slot->buffer().data());
}

}  // namespace
}  // namespace parlance::sfu
