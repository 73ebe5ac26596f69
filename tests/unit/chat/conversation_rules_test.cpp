// Who decides what about a conversation and its members, and what follows from it.
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/chat/service_fixture.h"

namespace parlance::chat {
namespace {

using test::id_of;
using testing::IsEmpty;
using testing::SizeIs;

class ConversationRules : public test::ServiceTest {
 protected:
  void SetUp() override {
    owner_ = guest(1, "Ada");
    moderator_ = guest(2, "Mo");
    member_ = guest(3, "Ben");
    room_ = room(owner_, 10);
    for (const UserId user : {moderator_, member_}) {
      ASSERT_TRUE(run(AcceptInvite{.user = user, .code = "code 10"}));
    }
    ASSERT_TRUE(rank(owner_, moderator_, Role::kModerator));
  }

  std::expected<Member, ChatError> rank(UserId asker, UserId member, Role role) {
    return run(ChangeMember{
        .asker = asker, .conversation = room_, .member = member, .role = role, .muted = {}});
  }

  std::expected<Member, ChatError> mute(UserId asker, UserId member, bool muted = true) {
    return run(ChangeMember{
        .asker = asker, .conversation = room_, .member = member, .role = {}, .muted = muted});
  }

  ConfigureConversation change_by(UserId asker) const {
    return {.asker = asker, .conversation = room_};
  }

  UserId owner_;
  UserId moderator_;
  UserId member_;
  ConversationId room_;
};

TEST_F(ConversationRules, AdminsChangeTitleAndSettingsAndTheOthersHearOfIt) {
  auto request = change_by(owner_);
  request.title = " Coffee ";
  request.may_post = Role::kModerator;
  const auto changed = run(request);
  ASSERT_TRUE(changed);
  ASSERT_THAT(events_, SizeIs(1));
  const auto& event = std::get<ConversationEvent>(events_[0]);
  EXPECT_EQ(event.r, changed->last_r);
  EXPECT_EQ(std::get<ConversationEvent::ProfileChanged>(event.what).profile,
            (ConversationProfile{.title = "Coffee", .may_post = Role::kModerator}));
  EXPECT_EQ(
      ask([&](Queries& queries) { return queries.conversation(member_, room_); })->conversation,
      *changed);
  EXPECT_EQ(run(request), changed) << "the same again changes nothing";
  EXPECT_THAT(events_, IsEmpty());
}

TEST_F(ConversationRules, NobodyElseConfigures) {
  auto request = change_by(moderator_);
  request.title = "Mine";
  EXPECT_EQ(run(request).error(), ChatError::kForbidden);
  request.asker = guest(9, "Eve");
  EXPECT_EQ(run(request).error(), ChatError::kNotFound);
  request.asker = owner_;
  request.title = "";
  EXPECT_EQ(run(request).error(), ChatError::kInvalid);
  EXPECT_THAT(events_, IsEmpty());
}

TEST_F(ConversationRules, WhoMayNotPostIsRefusedAndTakesNoNumber) {
  auto request = change_by(owner_);
  request.may_post = Role::kModerator;
  ASSERT_TRUE(run(request));
  EXPECT_EQ(send(member_, room_, 50).error(), ChatError::kForbidden);
  EXPECT_EQ(send(moderator_, room_, 51)->message.q, 1);
}

TEST_F(ConversationRules, NobodyWritesInAnArchivedOneUntilItIsOpenAgain) {
  ASSERT_TRUE(send(member_, room_, 50));
  auto request = change_by(owner_);
  request.archived = true;
  ASSERT_TRUE(run(request));
  EXPECT_EQ(send(owner_, room_, 51).error(), ChatError::kForbidden);
  EXPECT_TRUE(send(member_, room_, 50)->duplicate) << "what was stored before stays answered";
  request.archived = false;
  ASSERT_TRUE(run(request));
  EXPECT_TRUE(send(owner_, room_, 51));
}

TEST_F(ConversationRules, InAChannelHostsWriteAndTheOthersRead) {
  const auto channel = id_of<ConversationId>(11);
  ASSERT_TRUE(run(CreateConversation{.creator = owner_,
                                     .conversation = channel,
                                     .title = "News",
                                     .invite_code = "news",
                                     .kind = ConversationKind::kChannel}));
  ASSERT_TRUE(run(AcceptInvite{.user = member_, .code = "news"}));
  EXPECT_TRUE(send(owner_, channel, 60));
  EXPECT_EQ(send(member_, channel, 61).error(), ChatError::kForbidden);
}

TEST_F(ConversationRules, HostsMuteWhoRanksBelowThem) {
  EXPECT_TRUE(mute(moderator_, member_)->muted);
  ASSERT_THAT(events_, SizeIs(1));
  EXPECT_EQ(send(member_, room_, 50).error(), ChatError::kForbidden);
  EXPECT_TRUE(mute(moderator_, member_)) << "the same again";
  EXPECT_THAT(events_, IsEmpty());
  EXPECT_EQ(mute(member_, member_, false).error(), ChatError::kForbidden);
  EXPECT_EQ(mute(moderator_, owner_).error(), ChatError::kForbidden);
  EXPECT_EQ(mute(moderator_, moderator_).error(), ChatError::kForbidden);
  EXPECT_EQ(mute(owner_, id_of<UserId>(77)).error(), ChatError::kNotFound);
  EXPECT_FALSE(mute(owner_, member_, false)->muted);
  EXPECT_TRUE(send(member_, room_, 50));
}

TEST_F(ConversationRules, NobodyGivesARankAboveTheirOwn) {
  EXPECT_EQ(rank(moderator_, member_, Role::kAdmin).error(), ChatError::kForbidden);
  EXPECT_EQ(rank(member_, member_, Role::kModerator).error(), ChatError::kForbidden);
  EXPECT_EQ(rank(moderator_, member_, Role::kModerator)->role, Role::kModerator);
  EXPECT_EQ(rank(moderator_, member_, Role::kMember).error(), ChatError::kForbidden)
      << "equals by now";
  EXPECT_EQ(rank(owner_, member_, Role::kOwner)->role, Role::kOwner);
  EXPECT_EQ(mute(owner_, member_).error(), ChatError::kForbidden);
}

}  // namespace
}  // namespace parlance::chat
