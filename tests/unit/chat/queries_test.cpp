#include "chat/service/queries.h"

#include <limits>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/chat/service_fixture.h"

namespace parlance::chat {
namespace {

using test::id_of;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class QueriesTest : public test::ServiceTest {
 protected:
  void SetUp() override {
    ada_ = guest(1, "Ada");
    room_ = room(ada_, 10);
  }

  void send_many(int count, std::size_t bytes) {
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(send(ada_, room_, ++cmids_, std::string(bytes, 'x')));
    }
  }

  HistoryPage history(HistoryQuery query) {
    query.conversation = room_;
    return ask([&](Queries& queries) { return queries.history(ada_, query); }).value();
  }

  SyncPage sync(const SyncQuery& query) {
    return ask([&](Queries& queries) { return queries.sync(ada_, query); }).value();
  }

  UserId ada_;
  ConversationId room_;
  std::uint64_t cmids_ = 1'000;
};

TEST_F(QueriesTest, EndAPageOfHistoryWhereItWouldOutgrowAFrame) {
  send_many(10, kMaxBodyBytes);
  const auto newest = history({.conversation = {}, .limit = 10});
  EXPECT_TRUE(newest.has_more);
  EXPECT_EQ(newest.messages.size(), kMaxPageBytes / kMaxBodyBytes);
  EXPECT_EQ(newest.messages.back().q, 10);
  const auto oldest = history({.conversation = {}, .after_q = 0, .limit = 10});
  EXPECT_TRUE(oldest.has_more);
  EXPECT_EQ(oldest.messages.front().q, 1);
}

TEST_F(QueriesTest, TakeAnyLimitForOneBetweenOneAndThePage) {
  send_many(static_cast<int>(kMaxPage) + 5, 1);
  EXPECT_THAT(history({.conversation = {}, .limit = 0}).messages, SizeIs(1));
  EXPECT_THAT(history({.conversation = {}, .limit = 100'000}).messages, SizeIs(kMaxPage));
  EXPECT_THAT(sync({.cursors = {{.conversation = room_}}, .limit = 100'000}).events,
              SizeIs(kMaxPage));
}

TEST_F(QueriesTest, StandFirmAgainstNumbersFromNowhere) {
  send_many(3, 1);
  constexpr auto kLeast = std::numeric_limits<Number>::min();
  constexpr auto kMost = std::numeric_limits<Number>::max();
  EXPECT_THAT(history({.conversation = {}, .after_q = kMost}).messages, IsEmpty());
  EXPECT_THAT(history({.conversation = {}, .after_q = kLeast}).messages, SizeIs(3));
  EXPECT_THAT(history({.conversation = {}, .before_q = kLeast}).messages, IsEmpty());
  EXPECT_THAT(history({.conversation = {}, .before_q = kMost}).messages, SizeIs(3));
  const auto ahead = sync({.cursors = {{.conversation = room_, .r = kMost}}, .user_r = kMost});
  EXPECT_THAT(ahead.events, IsEmpty());
  EXPECT_EQ(ahead.cursors.at(0).r, 4);
  EXPECT_EQ(ahead.user_r, 1);
  const auto below = sync({.cursors = {{.conversation = room_, .r = kLeast}}, .user_r = kLeast});
  EXPECT_THAT(below.events, SizeIs(5));
}

TEST_F(QueriesTest, HideMessagesFromBeforeTheMemberButNotItsRevisions) {
  send_many(3, 1);
  Member member =
      ask([&](Queries& queries) { return queries.conversation(ada_, room_); })->members.at(0);
  member.visible_from = 3;
  put_member(room_, member);
  EXPECT_THAT(history({.conversation = {}, .limit = 10}).messages, SizeIs(1));
  EXPECT_FALSE(history({.conversation = {}, .limit = 10}).has_more);
  const auto page = sync({.cursors = {{.conversation = room_, .r = 0}}});
  ASSERT_THAT(page.events, SizeIs(2));
  EXPECT_EQ(std::get<ConversationEvent>(page.events[0]).r, 1);
  EXPECT_EQ(std::get<ConversationEvent>(page.events[1]).r, 4);
  EXPECT_EQ(page.cursors.at(0).r, 4);
}

TEST_F(QueriesTest, ShareAPageBetweenTheUsersStreamAndItsConversations) {
  const auto other = room(ada_, 11);
  send_many(5, 1);
  SyncQuery query{
      .cursors = {{.conversation = room_}, {.conversation = other}}, .user_r = 0, .limit = 4};
  const auto first = sync(query);
  EXPECT_THAT(first.events, SizeIs(4));
  EXPECT_TRUE(first.has_more);
  EXPECT_EQ(first.user_r, 2);
  EXPECT_THAT(first.cursors, SizeIs(2));
  EXPECT_EQ(first.cursors[0].r, 2);
  EXPECT_EQ(first.cursors[1].r, 0);
  query = {.cursors = first.cursors, .user_r = first.user_r, .limit = 4};
  const auto second = sync(query);
  EXPECT_THAT(second.events, SizeIs(4));
  EXPECT_TRUE(second.has_more);
  query = {.cursors = second.cursors, .user_r = second.user_r, .limit = 4};
  const auto third = sync(query);
  EXPECT_THAT(third.events, SizeIs(1));
  EXPECT_FALSE(third.has_more);
}

TEST_F(QueriesTest, EndAPageOfSyncWhereItWouldOutgrowAFrame) {
  send_many(10, kMaxBodyBytes);
  SyncQuery query{.cursors = {{.conversation = room_}}};
  std::size_t events = 0;
  int pages = 0;
  bool more = true;
  while (more) {
    const auto page = sync(query);
    ASSERT_FALSE(page.events.empty());
    events += page.events.size();
    query.cursors = page.cursors;
    more = page.has_more;
    ++pages;
  }
  EXPECT_EQ(events, 11U);
  EXPECT_EQ(pages, 4);
}

TEST_F(QueriesTest, SayWhichConversationsAreGone) {
  const auto nowhere = id_of<ConversationId>(99);
  const auto page = sync({.cursors = {{.conversation = nowhere}, {.conversation = room_}}});
  EXPECT_THAT(page.gone, ElementsAre(nowhere));
  EXPECT_THAT(page.cursors, SizeIs(1));
}

TEST_F(QueriesTest, AnswerACursorGivenTwiceOnce) {
  const auto page = sync({.cursors = {{.conversation = room_}, {.conversation = room_}}});
  EXPECT_THAT(page.events, SizeIs(1));
  EXPECT_THAT(page.cursors, SizeIs(1));
}

TEST_F(QueriesTest, RefuseMoreCursorsThanAUserCanHave) {
  SyncQuery query;
  query.cursors.resize(kMaxCursors + 1);
  EXPECT_EQ(ask([&](Queries& queries) { return queries.sync(ada_, query); }).error(),
            ChatError::kInvalid);
}

TEST_F(QueriesTest, DoNotKnowUsersThatAreNotThere) {
  const auto nobody = id_of<UserId>(77);
  EXPECT_EQ(ask([&](Queries& queries) { return queries.sync(nobody, {}); }).error(),
            ChatError::kUnauthenticated);
  EXPECT_EQ(ask([&](Queries& queries) { return queries.conversations(nobody); }).error(),
            ChatError::kUnauthenticated);
  EXPECT_EQ(
      ask([&](Queries& queries) { return queries.authenticate(test::token_hash_of(77)); }).error(),
      ChatError::kUnauthenticated);
}

}  // namespace
}  // namespace parlance::chat
