#include "chat/service/commands.h"

#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/chat/service_fixture.h"

namespace parlance::chat {
namespace {

using test::id_of;
using testing::IsEmpty;
using testing::SizeIs;

class CommandsTest : public test::ServiceTest {
 protected:
  void SetUp() override {
    ada_ = guest(1, "Ada");
    ben_ = guest(2, "Ben");
    room_ = room(ada_, 10);
  }

  std::expected<ConversationView, ChatError> accept(UserId user) {
    return run(AcceptInvite{.user = user, .code = "code 10"});
  }

  UserId ada_;
  UserId ben_;
  ConversationId room_;
};

TEST_F(CommandsTest, RefuseBadTextAndNilIdsWithoutATrace) {
  EXPECT_EQ(run(CreateGuest{.user = id_of<UserId>(9), .device = {}, .name = " "}).error(),
            ChatError::kInvalid);
  EXPECT_EQ(run(RenameUser{.user = ada_, .name = "\x80"}).error(), ChatError::kInvalid);
  EXPECT_EQ(run(CreateConversation{.creator = ada_,
                                   .conversation = id_of<ConversationId>(11),
                                   .title = "",
                                   .invite_code = "x"})
                .error(),
            ChatError::kInvalid);
  EXPECT_EQ(run(CreateConversation{
                    .creator = ada_, .conversation = {}, .title = "Tea", .invite_code = "x"})
                .error(),
            ChatError::kInvalid);
  EXPECT_EQ(send(ada_, room_, 50, "\n").error(), ChatError::kInvalid);
  EXPECT_EQ(
      run(SendMessage{.sender = ada_, .conversation = room_, .cmid = {}, .body = "text"}).error(),
      ChatError::kInvalid);
  EXPECT_THAT(events_, IsEmpty());
  EXPECT_EQ(send(ada_, room_, 50)->message.r, 2);
}

TEST_F(CommandsTest, LetNoMoreIntoAConversationThanMayBeListed) {
  for (std::size_t i = 1; i < kMaxMembers; ++i) {
    ASSERT_TRUE(accept(guest(1'000 + i, "Guest")));
  }
  EXPECT_EQ(accept(ben_).error(), ChatError::kTooMany);
  EXPECT_THAT(events_, IsEmpty());
  EXPECT_TRUE(accept(id_of<UserId>(1'001))) << "who is in may say so again";
  EXPECT_TRUE(
      run(RemoveMember{.asker = ada_, .conversation = room_, .member = id_of<UserId>(1'001)}));
  EXPECT_TRUE(accept(ben_));
}

TEST_F(CommandsTest, LetNobodyIntoMoreConversationsThanMayBeListed) {
  ASSERT_TRUE(accept(ben_));
  for (std::size_t i = 1; i < kMaxConversations; ++i) {
    room(ben_, 1'000 + i);
  }
  const CreateConversation one_more{.creator = ben_,
                                    .conversation = id_of<ConversationId>(5'000),
                                    .title = "Tea",
                                    .invite_code = "one more"};
  EXPECT_EQ(run(one_more).error(), ChatError::kTooMany);
  room(ada_, 11);
  EXPECT_EQ(run(AcceptInvite{.user = ben_, .code = "code 11"}).error(), ChatError::kTooMany);
  EXPECT_TRUE(accept(ben_)) << "where one is, one may come in again";
}

TEST_F(CommandsTest, DoNotKnowUsersThatAreNotThere) {
  const auto nobody = id_of<UserId>(77);
  EXPECT_EQ(run(RenameUser{.user = nobody, .name = "Eve"}).error(), ChatError::kUnauthenticated);
  EXPECT_EQ(run(CreateConversation{.creator = nobody,
                                   .conversation = id_of<ConversationId>(11),
                                   .title = "Tea",
                                   .invite_code = "x"})
                .error(),
            ChatError::kUnauthenticated);
  EXPECT_EQ(accept(nobody).error(), ChatError::kUnauthenticated);
}

TEST_F(CommandsTest, StartAConversationWithItsOwnerInBothStreams) {
  const auto view = run(CreateConversation{.creator = ben_,
                                           .conversation = id_of<ConversationId>(11),
                                           .title = " Coffee ",
                                           .invite_code = "x"});
  ASSERT_TRUE(view);
  EXPECT_EQ(view->conversation.profile.title, "Coffee");
  EXPECT_EQ(view->conversation.last_r, 1);
  ASSERT_THAT(events_, SizeIs(2));
  const auto joined = std::get<ConversationEvent>(events_[0]);
  EXPECT_EQ(joined.r, 1);
  EXPECT_EQ(std::get<ConversationEvent::MemberJoined>(joined.what).member, view->members.at(0));
  const auto added = std::get<UserEvent>(events_[1]);
  EXPECT_EQ(added.r, 1);
  EXPECT_EQ(std::get<UserEvent::ConversationAdded>(added.what).conversation, view->conversation);
}

TEST_F(CommandsTest, GiveAnIdOfAConversationToItsCreatorAlone) {
  const CreateConversation again{
      .creator = ben_, .conversation = room_, .title = "Tea", .invite_code = "y"};
  EXPECT_EQ(run(again).error(), ChatError::kConflict);
  ASSERT_TRUE(accept(ben_));
  EXPECT_EQ(run(again).error(), ChatError::kConflict);
  ASSERT_TRUE(run(RemoveMember{.asker = ada_, .conversation = room_, .member = ada_}));
  CreateConversation by_ada = again;
  by_ada.creator = ada_;
  EXPECT_EQ(run(by_ada).error(), ChatError::kConflict);
}

TEST_F(CommandsTest, LetInByInviteAsMemberWithTheWholeHistory) {
  ASSERT_TRUE(send(ada_, room_, 50));
  const auto view = accept(ben_);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->members.at(1).role, Role::kMember);
  EXPECT_EQ(view->members.at(1).visible_from, 1);
  EXPECT_EQ(view->conversation.last_r, 3);
}

TEST_F(CommandsTest, LetInAgainWhoWasRemoved) {
  ASSERT_TRUE(accept(ben_));
  ASSERT_TRUE(run(RemoveMember{.asker = ada_, .conversation = room_, .member = ben_}));
  EXPECT_THAT(events_, SizeIs(2));
  ASSERT_TRUE(accept(ben_));
  EXPECT_THAT(events_, SizeIs(2));
  EXPECT_EQ(std::get<UserEvent>(events_[1]).r, 3);
}

TEST_F(CommandsTest, AnswerARepeatOfARemovedSenderWithWhatWasStored) {
  ASSERT_TRUE(accept(ben_));
  const auto first = send(ben_, room_, 50, "bye");
  ASSERT_TRUE(run(RemoveMember{.asker = ada_, .conversation = room_, .member = ben_}));
  const auto again = send(ben_, room_, 50, "bye");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->duplicate);
  EXPECT_EQ(again->message, first->message);
  EXPECT_EQ(send(ben_, room_, 51).error(), ChatError::kNotFound);
}

TEST_F(CommandsTest, AnswerARepeatWithTheFirstBodyAndWithoutAnEvent) {
  ASSERT_TRUE(send(ada_, room_, 50, "first"));
  const auto again = send(ada_, room_, 50, "second");
  EXPECT_EQ(again->message.body, "first");
  EXPECT_THAT(events_, IsEmpty());
}

TEST_F(CommandsTest, TakeTheSameCmidInTwoConversationsForTwoMessages) {
  const auto other = room(ada_, 11);
  EXPECT_FALSE(send(ada_, room_, 50)->duplicate);
  EXPECT_FALSE(send(ada_, other, 50)->duplicate);
}

TEST_F(CommandsTest, RefuseACmidThatIsSomebodyElsesMessage) {
  ASSERT_TRUE(accept(ben_));
  ASSERT_TRUE(send(ada_, room_, 50));
  EXPECT_EQ(send(ben_, room_, 50).error(), ChatError::kConflict);
  EXPECT_THAT(events_, IsEmpty());
}

TEST_F(CommandsTest, TellOfANewNameOncePerConversationOfTheUser) {
  ASSERT_TRUE(accept(ben_));
  const auto other = room(ben_, 11);
  room(ada_, 12);
  ASSERT_TRUE(run(RenameUser{.user = ben_, .name = "Benno"}));
  ASSERT_THAT(events_, SizeIs(3));
  EXPECT_EQ(std::get<UserEvent>(events_[0]).what,
            decltype(UserEvent::what)(UserEvent::ProfileChanged{.name = "Benno"}));
  EXPECT_EQ(std::get<ConversationEvent>(events_[1]).conversation, room_);
  EXPECT_EQ(std::get<ConversationEvent>(events_[2]).conversation, other);
}

TEST_F(CommandsTest, RemoveOnlyWhomTheAskerMay) {
  ASSERT_TRUE(accept(ben_));
  const auto remove = [&](UserId asker, UserId member) {
    return run(RemoveMember{.asker = asker, .conversation = room_, .member = member});
  };
  EXPECT_EQ(remove(ben_, ada_).error(), ChatError::kForbidden);
  EXPECT_EQ(remove(guest(3, "Eve"), ada_).error(), ChatError::kNotFound);
  EXPECT_EQ(remove(ada_, id_of<UserId>(3)).error(), ChatError::kNotFound);
  EXPECT_TRUE(remove(ada_, ben_));
}

}  // namespace
}  // namespace parlance::chat
