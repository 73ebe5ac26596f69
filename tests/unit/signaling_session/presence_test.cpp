#include "signaling/session/presence.h"

#include <gtest/gtest.h>

namespace parlance::signaling {
namespace {

using std::chrono::seconds;

constexpr Timestamp kStart{seconds(1000)};
const auto kAda = chat::UserId::parse("0191c1a6-7b5d-7c61-9b5e-000000000001").value();
const auto kRoom = chat::ConversationId::parse("0191c1a6-7b5d-7c61-9b5e-000000000002").value();

TEST(Presence, OnlineWithTheFirstSession) {
  Presence presence(seconds(5));
  EXPECT_TRUE(presence.arrive(kRoom, kAda));
  EXPECT_FALSE(presence.arrive(kRoom, kAda));
  EXPECT_EQ(presence.online(kRoom), std::vector{kAda});
}

TEST(Presence, OfflineSomeTimeAfterTheLast) {
  Presence presence(seconds(5));
  presence.arrive(kRoom, kAda);
  presence.arrive(kRoom, kAda);
  presence.depart(kRoom, kAda, kStart);
  EXPECT_EQ(presence.next_timeout(), kNever);
  presence.depart(kRoom, kAda, kStart);
  EXPECT_EQ(presence.next_timeout(), kStart + seconds(5));
  EXPECT_TRUE(presence.tick(kStart + seconds(4)).empty());
  EXPECT_EQ(presence.online(kRoom), std::vector{kAda});
  const std::vector<Presence::Change> gone = presence.tick(kStart + seconds(5));
  EXPECT_EQ(gone, (std::vector<Presence::Change>{{kRoom, kAda, false}}));
  EXPECT_TRUE(presence.online(kRoom).empty());
}

TEST(Presence, AReloadIsNotSeen) {
  Presence presence(seconds(5));
  presence.arrive(kRoom, kAda);
  presence.depart(kRoom, kAda, kStart);
  EXPECT_FALSE(presence.arrive(kRoom, kAda));
  EXPECT_EQ(presence.next_timeout(), kNever);
  EXPECT_TRUE(presence.tick(kStart + seconds(60)).empty());
}

TEST(Presence, ADepartureTooManyIsIgnored) {
  Presence presence(seconds(5));
  presence.depart(kRoom, kAda, kStart);
  presence.arrive(kRoom, kAda);
  presence.depart(kRoom, kAda, kStart);
  presence.depart(kRoom, kAda, kStart + seconds(1));
  EXPECT_EQ(presence.next_timeout(), kStart + seconds(5));
}

}  // namespace
}  // namespace parlance::signaling
