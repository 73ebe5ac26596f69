// Who decides what about a conversation and its members, and what follows from it.
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/domain/permissions.h"
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

  std::expected<ConversationView, ChatError> accept(UserId user, std::string code) {
    return run(AcceptInvite{.user = user, .code = std::move(code)});
  }

  CreateInvite invite_by(UserId asker, std::uint64_t number = 1) const {
    return {.asker = asker,
            .conversation = room_,
            .id = id_of<InviteId>(number),
            .code = "invite " + std::to_string(number)};
  }

  std::expected<void, ChatError> ban(UserId asker, UserId member, bool banned = true) {
    return run(
        BanMember{.asker = asker, .conversation = room_, .member = member, .banned = banned});
  }

  std::expected<std::vector<Member>, ChatError> add(UserId asker, std::vector<UserId> users) {
    return run(AddMembers{.asker = asker, .conversation = room_, .users = std::move(users)});
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

TEST_F(ConversationRules, AnInviteLetsInAsManyAsItSays) {
  auto request = invite_by(moderator_);
  request.max_uses = 1;
  const auto made = run(request);
  ASSERT_TRUE(made);
  request.code = "another code";
  EXPECT_EQ(run(request), made) << "the same id is the same invite";
  const UserId eve = guest(9, "Eve");
  ASSERT_TRUE(accept(eve, made->code));
  EXPECT_TRUE(accept(eve, made->code)) << "who is in may say so again";
  EXPECT_EQ(accept(guest(8, "Joe"), made->code).error(), ChatError::kNotFound);
  EXPECT_EQ(ask([&](Queries& queries) { return queries.invites(owner_, room_); })->at(0).uses, 1);
}

TEST_F(ConversationRules, AnInviteEndsAtItsTimeOrWhenItIsRevoked) {
  auto request = invite_by(moderator_);
  request.expires_at = kNow;
  EXPECT_EQ(run(request).error(), ChatError::kInvalid);
  request.expires_at = kNow + 1;
  const auto made = run(request);
  ASSERT_TRUE(made);
  EXPECT_TRUE(is_open(*made, kNow));
  EXPECT_FALSE(is_open(*made, kNow + 1));
  const RevokeInvite revoke{.asker = owner_, .conversation = room_, .id = made->id};
  ASSERT_TRUE(run(revoke));
  EXPECT_TRUE(run(revoke)) << "the same again";
  EXPECT_EQ(accept(guest(9, "Eve"), made->code).error(), ChatError::kNotFound);
}

TEST_F(ConversationRules, OnlyHostsSeeMakeAndRevokeInvites) {
  const auto made = run(invite_by(moderator_));
  ASSERT_TRUE(made);
  EXPECT_EQ(run(invite_by(member_, 2)).error(), ChatError::kForbidden);
  EXPECT_EQ(run(RevokeInvite{.asker = member_, .conversation = room_, .id = made->id}).error(),
            ChatError::kForbidden);
  const UserId eve = guest(9, "Eve");
  EXPECT_EQ(run(invite_by(eve, 2)).error(), ChatError::kNotFound);
  EXPECT_EQ(run(invite_by(owner_)).error(), ChatError::kConflict) << "another one's id";
  const auto seen = [&](UserId asker) {
    return ask([&](Queries& queries) { return queries.invites(asker, room_); });
  };
  EXPECT_THAT(*seen(owner_), SizeIs(1));
  EXPECT_EQ(seen(member_).error(), ChatError::kForbidden);
  EXPECT_EQ(seen(eve).error(), ChatError::kNotFound);
  for (std::uint64_t i = 2; i <= kMaxInvites; ++i) {
    ASSERT_TRUE(run(invite_by(owner_, i)));
  }
  EXPECT_EQ(run(invite_by(owner_, 500)).error(), ChatError::kTooMany);
}

TEST_F(ConversationRules, WhoIsBannedIsOutAndStaysOutUntilItIsLifted) {
  ASSERT_TRUE(ban(moderator_, member_));
  EXPECT_THAT(events_, SizeIs(2)) << "for the others and for itself";
  EXPECT_EQ(send(member_, room_, 50).error(), ChatError::kNotFound);
  EXPECT_EQ(accept(member_, "code 10").error(), ChatError::kNotFound);
  EXPECT_EQ(add(moderator_, {member_}).error(), ChatError::kForbidden);
  EXPECT_TRUE(ban(moderator_, member_)) << "the same again";
  EXPECT_THAT(events_, IsEmpty());
  ASSERT_TRUE(ban(owner_, member_, false));
  EXPECT_TRUE(accept(member_, "code 10"));
}

TEST_F(ConversationRules, NobodyBansAnEqualOrThemselves) {
  EXPECT_EQ(ban(member_, moderator_).error(), ChatError::kForbidden);
  EXPECT_EQ(ban(moderator_, owner_).error(), ChatError::kForbidden);
  EXPECT_EQ(ban(moderator_, moderator_).error(), ChatError::kForbidden);
  EXPECT_EQ(ban(owner_, id_of<UserId>(77)).error(), ChatError::kNotFound);
  EXPECT_EQ(ban(guest(9, "Eve"), member_).error(), ChatError::kNotFound);
  EXPECT_EQ(ask([&](Queries& queries) { return queries.banned(member_, room_); }).error(),
            ChatError::kForbidden);
  EXPECT_THAT(*ask([&](Queries& queries) { return queries.banned(owner_, room_); }), IsEmpty());
}

TEST_F(ConversationRules, HostsBringPeopleInAllOrNone) {
  const UserId eve = guest(9, "Eve");
  const UserId joe = guest(8, "Joe");
  EXPECT_EQ(add(moderator_, {eve, id_of<UserId>(77)}).error(), ChatError::kNotFound);
  EXPECT_THAT(events_, IsEmpty());
  const auto added = add(moderator_, {eve, member_, joe, eve});
  ASSERT_TRUE(added);
  ASSERT_THAT(*added, SizeIs(2));
  EXPECT_EQ(added->at(0).name, "Eve");
  EXPECT_THAT(events_, SizeIs(4));
  EXPECT_EQ(add(member_, {guest(7, "Kim")}).error(), ChatError::kForbidden);
  EXPECT_EQ(add(owner_, {}).error(), ChatError::kInvalid);
  EXPECT_EQ(add(owner_, std::vector<UserId>(kMaxAdded + 1, eve)).error(), ChatError::kInvalid);
}

}  // namespace
}  // namespace parlance::chat
