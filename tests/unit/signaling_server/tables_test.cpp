// The small tables that the threads share or keep.
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "signaling/server/address_limiter.h"
#include "signaling/server/content_hash.h"
#include "signaling/server/deadlines.h"
#include "signaling/server/http_answers.h"
#include "signaling/server/hub.h"
#include "signaling/server/secure_random.h"
#include "signaling/server/tickets.h"

namespace parlance::signaling {
namespace {

using std::chrono::seconds;

constexpr Timestamp kStart{seconds(1000)};
const chat::Identity kAda{chat::UserId::parse("0191c1a6-7b5d-7c61-9b5e-000000000001").value(),
                          chat::DeviceId::parse("0191c1a6-7b5d-7c61-9b5e-00000000000a").value(),
                          "Ada"};
const auto kRoom = chat::ConversationId::parse("0191c1a6-7b5d-7c61-9b5e-000000000002").value();

TEST(Tickets, AreGoodOnce) {
  Tickets tickets;
  const std::string ticket = tickets.issue(kAda, "", kStart);
  EXPECT_EQ(ticket.size(), 43U);
  EXPECT_EQ(tickets.redeem(ticket, "", kStart), kAda);
  EXPECT_FALSE(tickets.redeem(ticket, "", kStart));
}

TEST(Tickets, ExpireAfterThirtySeconds) {
  Tickets tickets;
  const std::string ticket = tickets.issue(kAda, "", kStart);
  const std::string other = tickets.issue(kAda, "", kStart);
  EXPECT_TRUE(tickets.redeem(ticket, "", kStart + seconds(29)));
  EXPECT_FALSE(tickets.redeem(other, "", kStart + seconds(30)));
}

TEST(Tickets, OfAnotherPageAreSpentByTheAttempt) {
  Tickets tickets;
  const std::string ticket = tickets.issue(kAda, "https://a.example", kStart);
  EXPECT_FALSE(tickets.redeem(ticket, "https://b.example", kStart));
  EXPECT_FALSE(tickets.redeem(ticket, "https://a.example", kStart));
}

TEST(Tickets, OpenOnesAreBounded) {
  Tickets tickets;
  const std::string oldest = tickets.issue(kAda, "", kStart);
  for (std::size_t i = 0; i < Tickets::kMaxOpen; ++i) {
    tickets.issue(kAda, "", kStart + seconds(1));
  }
  EXPECT_FALSE(tickets.redeem(oldest, "", kStart + seconds(1)));
}

TEST(Tickets, OfADeviceThatWasSignedOutAreGoodForNothing) {
  Tickets tickets;
  const std::string before = tickets.issue(kAda, "", kStart);
  tickets.revoke(kAda.device, kStart);
  const std::string after = tickets.issue(kAda, "", kStart);  // its request was on its way
  EXPECT_FALSE(tickets.redeem(before, "", kStart));
  EXPECT_FALSE(tickets.redeem(after, "", kStart + seconds(1)));
  EXPECT_TRUE(tickets.is_revoked(kAda.device, kStart + seconds(89)));
  EXPECT_FALSE(tickets.is_revoked(kAda.device, kStart + seconds(90)));
}

TEST(AddressLimiter, CountsByTheMinute) {
  AddressLimiter limiter({.per_second = 10, .burst = 2, .seconds = 60});
  EXPECT_EQ(limiter.wait_ms("ada", kStart), 0U);
  EXPECT_EQ(limiter.wait_ms("ada", kStart), 0U);
  EXPECT_EQ(limiter.wait_ms("ada", kStart), 6000U);
  EXPECT_EQ(limiter.wait_ms("ada", kStart + seconds(5)), 1000U);
  EXPECT_EQ(limiter.wait_ms("ada", kStart + seconds(6)), 0U);
  EXPECT_EQ(limiter.wait_ms("ada", kStart + seconds(6)), 6000U);
}

TEST(HttpAnswers, DecodeWhatAQueryHolds) {
  EXPECT_EQ(query_value("x=1&q=a%20b", "q"), "a%20b");
  EXPECT_EQ(query_value("qq=1", "q"), "");
  EXPECT_EQ(decoded("a%20b+c"), "a b c");
  EXPECT_EQ(decoded("100%"), "100%");
  EXPECT_EQ(decoded("%zz%4"), "%zz%4");
  EXPECT_EQ(decoded("%C3%A4"), "\xC3\xA4");
}

TEST(AddressLimiter, CountsEachAddressAlone) {
  AddressLimiter limiter({1, 2});
  EXPECT_EQ(limiter.wait_ms("192.0.2.1", kStart), 0U);
  EXPECT_EQ(limiter.wait_ms("192.0.2.1", kStart), 0U);
  EXPECT_EQ(limiter.wait_ms("192.0.2.1", kStart), 1000U);
  EXPECT_EQ(limiter.wait_ms("192.0.2.2", kStart), 0U);
  EXPECT_EQ(limiter.wait_ms("192.0.2.1", kStart + seconds(1)), 0U);
}

TEST(AddressLimiter, RemembersSoManyAddressesAndNoMore) {
  AddressLimiter limiter({1, 1});
  EXPECT_EQ(limiter.wait_ms("192.0.2.1", kStart), 0U);
  for (std::size_t i = 2; i < AddressLimiter::kMaxAddresses; ++i) {
    limiter.wait_ms(std::to_string(i), kStart);
  }
  EXPECT_GT(limiter.wait_ms("192.0.2.1", kStart), 0U) << "not there yet";
  limiter.wait_ms("192.0.2.2", kStart);
  EXPECT_EQ(limiter.wait_ms("192.0.2.1", kStart), 0U);
}

TEST(AddressLimiter, TakesAHouseholdOfIpv6AsOne) {
  EXPECT_EQ(limited_address("2001:db8:1:2::1"), limited_address("2001:db8:1:2:ffff::9"));
  EXPECT_NE(limited_address("2001:db8:1:2::1"), limited_address("2001:db8:1:3::1"));
  EXPECT_NE(limited_address("192.0.2.1"), limited_address("192.0.2.2"));
}

TEST(Deadlines, TellTheEarliestFirst) {
  Deadlines deadlines;
  EXPECT_EQ(deadlines.next(), kNever);
  deadlines.schedule(1, kStart + seconds(2));
  deadlines.schedule(2, kStart + seconds(1));
  EXPECT_EQ(deadlines.next(), kStart + seconds(1));
  EXPECT_FALSE(deadlines.pop_due(kStart));
  EXPECT_EQ(deadlines.pop_due(kStart + seconds(5)), 2U);
  EXPECT_EQ(deadlines.pop_due(kStart + seconds(5)), 1U);
  EXPECT_FALSE(deadlines.pop_due(kStart + seconds(5)));
}

TEST(Deadlines, MoveEarlierAtOnceAndLaterWhenDue) {
  Deadlines deadlines;
  deadlines.schedule(1, kStart + seconds(5));
  deadlines.schedule(1, kStart + seconds(9));
  EXPECT_EQ(deadlines.next(), kStart + seconds(5));
  deadlines.schedule(1, kStart + seconds(1));
  EXPECT_EQ(deadlines.next(), kStart + seconds(1));
  deadlines.forget(1);
  EXPECT_EQ(deadlines.next(), kNever);
}

TEST(Deadlines, NeverIsNoDeadline) {
  Deadlines deadlines;
  deadlines.schedule(1, kNever);
  EXPECT_EQ(deadlines.next(), kNever);
  deadlines.schedule(1, kStart);
  EXPECT_EQ(deadlines.next(), kStart);
}

TEST(Subscriptions, TellAnEventOnce) {
  Subscriptions mine;
  EXPECT_FALSE(mine.take(kRoom, 1));
  EXPECT_TRUE(mine.join(kRoom, 5));
  EXPECT_FALSE(mine.join(kRoom, 6));
  EXPECT_FALSE(mine.take(kRoom, 5));
  EXPECT_TRUE(mine.take(kRoom, 6));
  EXPECT_FALSE(mine.take(kRoom, 6));
}

TEST(Subscriptions, AnOldListDoesNotUndoALeaving) {
  Subscriptions mine;
  mine.join(kRoom, 5);
  mine.leave(kRoom, 7);
  EXPECT_FALSE(mine.is_member(kRoom));
  EXPECT_FALSE(mine.join(kRoom, 6));
  EXPECT_TRUE(mine.join(kRoom, 7));
  EXPECT_TRUE(mine.is_member(kRoom));
}

TEST(Hub, ListsSessionsOfConversationsAndUsers) {
  Hub hub;
  hub.subscribe(kRoom, SessionKey{1});
  hub.subscribe(kRoom, SessionKey{1});
  hub.subscribe(kRoom, SessionKey{2});
  hub.add_user(kAda.user, SessionKey{2});
  EXPECT_EQ(hub.of_conversation(kRoom).size(), 2U);
  hub.unsubscribe(kRoom, SessionKey{1});
  EXPECT_EQ(hub.of_conversation(kRoom), hub.of_user(kAda.user));
  hub.remove_user(kAda.user, SessionKey{2});
  hub.remove_user(kAda.user, SessionKey{2});
  EXPECT_TRUE(hub.of_user(kAda.user).empty());
}

TEST(SecureRandom, WritesBase64url) {
  EXPECT_EQ(base64url(std::vector<std::uint8_t>{0xFB, 0xFF}), "-_8");
  EXPECT_EQ(base64url(std::vector<std::uint8_t>{'M', 'a', 'n'}), "TWFu");
  EXPECT_EQ(base64url({}), "");
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) {
    tokens.insert(random_token(16));
  }
  EXPECT_EQ(tokens.size(), 100U);
}

TEST(ContentHash, NamesAContent) {
  EXPECT_EQ(content_hash("abc").size(), 22U);
  EXPECT_EQ(content_hash("abc"), "ungWv48Bz-pBQUDeXa4iIw");
  EXPECT_NE(content_hash("abc"), content_hash("abd"));
}

}  // namespace
}  // namespace parlance::signaling
