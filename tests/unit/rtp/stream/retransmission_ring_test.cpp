#include "rtp/stream/retransmission_ring.h"

#include <map>
#include <memory>
#include <random>

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"

namespace parlance::rtp {
namespace {

using test::kStart;
using test::ms;

using Handle = std::shared_ptr<int>;
using Ring = RetransmissionRing<Handle>;

TEST(RetransmissionRing, FindsWhatWasStored) {
  Ring ring(ms(1000));
  ring.insert(kStart, 10, std::make_shared<int>(10));
  ring.insert(kStart, 12, std::make_shared<int>(12));
  ASSERT_NE(ring.find(kStart, 10), nullptr);
  EXPECT_EQ(**ring.find(kStart, 12), 12);
  EXPECT_EQ(ring.find(kStart, 11), nullptr);
  EXPECT_EQ(ring.find(kStart, 9), nullptr);
  EXPECT_EQ(ring.find(kStart, 13), nullptr);
}

TEST(RetransmissionRing, TakesLatePacketsIntoTheirPlace) {
  Ring ring(ms(1000));
  ring.insert(kStart, 10, std::make_shared<int>(10));
  ring.insert(kStart, 12, std::make_shared<int>(12));
  ring.insert(kStart, 11, std::make_shared<int>(11));
  ring.insert(kStart, 8, std::make_shared<int>(8));
  EXPECT_EQ(**ring.find(kStart, 11), 11);
  EXPECT_EQ(**ring.find(kStart, 8), 8);
  EXPECT_EQ(ring.size(), 4U);
}

TEST(RetransmissionRing, GivesBackWhatIsTooOld) {
  Ring ring(ms(1000));
  const auto packet = std::make_shared<int>(1);
  ring.insert(kStart, 1, packet);
  EXPECT_EQ(packet.use_count(), 2);
  EXPECT_NE(ring.find(kStart + ms(1000), 1), nullptr);
  EXPECT_EQ(ring.find(kStart + ms(1001), 1), nullptr);
  EXPECT_EQ(ring.next_timeout(), kStart + ms(1000) + Duration(1));
  ring.expire(ring.next_timeout());
  EXPECT_EQ(packet.use_count(), 1);
  EXPECT_EQ(ring.next_timeout(), kNever);
}

TEST(RetransmissionRing, HoldsNoMoreThanItsLimit) {
  Ring ring(ms(1000), 100);
  const auto first = std::make_shared<int>(0);
  ring.insert(kStart, 0, first);
  for (int i = 1; i < 100; ++i) {
    ring.insert(kStart, i, std::make_shared<int>(i));
  }
  EXPECT_EQ(first.use_count(), 2);
  ring.insert(kStart, 100, std::make_shared<int>(100));
  EXPECT_EQ(first.use_count(), 1);
  EXPECT_EQ(ring.size(), 100U);
  EXPECT_NE(ring.find(kStart, 1), nullptr);
}

TEST(RetransmissionRing, SurvivesAJumpOfItsNumbers) {
  Ring ring(ms(1000));
  const auto packet = std::make_shared<int>(1);
  ring.insert(kStart, 1, packet);
  ring.insert(kStart, 1'000'000, std::make_shared<int>(2));
  EXPECT_EQ(packet.use_count(), 1);
  EXPECT_EQ(**ring.find(kStart, 1'000'000), 2);
  ring.insert(kStart, 5, std::make_shared<int>(3));
  EXPECT_EQ(ring.find(kStart, 5), nullptr);
}

TEST(RetransmissionRing, LetsEverythingGoOnClear) {
  Ring ring(ms(1000));
  const auto packet = std::make_shared<int>(1);
  ring.insert(kStart, 1, packet);
  ring.insert(kStart, 3, packet);
  ring.clear();
  EXPECT_EQ(packet.use_count(), 1);
  EXPECT_TRUE(ring.empty());
  ring.insert(kStart, 2, packet);
  EXPECT_NE(ring.find(kStart, 2), nullptr);
}

TEST(RetransmissionRing, GrowsDownwardsWithoutMixingUpItsNumbers) {
  Ring ring(ms(1000));
  ring.insert(kStart, 1300, std::make_shared<int>(1300));
  ring.insert(kStart, 1044, std::make_shared<int>(1044));
  EXPECT_EQ(**ring.find(kStart, 1300), 1300);
  EXPECT_EQ(**ring.find(kStart, 1044), 1044);
  EXPECT_EQ(ring.find(kStart, 1108), nullptr);
}

TEST(RetransmissionRing, AgreesWithAMap) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    std::mt19937 random(seed);
    constexpr std::size_t kItems = 200;
    Ring ring(ms(500), kItems);
    std::map<ExtendedSequence, Timestamp> model;
    Timestamp now = kStart;
    const auto below = [&](unsigned bound) {
      return static_cast<ExtendedSequence>(random() % bound);
    };
    ExtendedSequence newest = below(100) - 50;
    for (int step = 0; step < 2000; ++step) {
      now += Duration(random() % 8000);
      const ExtendedSequence sequence =
          random() % 4 != 0 ? newest + 1 + below(3) : newest - below(250);
      std::erase_if(model, [&](const auto& item) { return now - item.second > ms(500); });
      newest = model.empty() ? sequence : std::max(newest, sequence);
      ring.insert(now, sequence, std::make_shared<int>(static_cast<int>(sequence)));
      model.try_emplace(sequence, now);
      std::erase_if(model, [&](const auto& item) {
        return newest - item.first >= static_cast<ExtendedSequence>(kItems);
      });
      const ExtendedSequence wanted = newest - below(250);
      const auto* found = ring.find(now, wanted);
      ASSERT_EQ(found != nullptr, model.contains(wanted)) << "seed " << seed << " step " << step;
      if (found != nullptr) {
        ASSERT_EQ(**found, wanted) << "seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace parlance::rtp
