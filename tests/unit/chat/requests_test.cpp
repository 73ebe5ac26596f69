#include "chat/service/requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/chat/fixtures.h"

namespace parlance::chat {
namespace {

using test::id_of;
using testing::ElementsAre;

TEST(Requests, AnnounceEveryHeadTheyMove) {
  const auto ada = id_of<UserId>(1);
  const auto ben = id_of<UserId>(2);
  const auto room = id_of<ConversationId>(10);
  const auto cmid = id_of<MessageId>(50);
  Footprint footprint;
  announce(SendMessage{.sender = ada, .conversation = room, .cmid = cmid, .body = {}}, footprint);
  EXPECT_THAT(footprint.conversations, ElementsAre(room));
  ASSERT_EQ(footprint.messages.size(), 1U);
  EXPECT_EQ(footprint.messages[0].cmid, cmid);
  EXPECT_EQ(footprint.messages[0].sender, ada);

  footprint = {};
  announce(RemoveMember{.asker = ada, .conversation = room, .member = ben}, footprint);
  EXPECT_THAT(footprint.conversations, ElementsAre(room));
  EXPECT_THAT(footprint.users, ElementsAre(ada, ben));

  footprint = {};
  announce(AcceptInvite{.user = ada, .code = "code"}, footprint);
  EXPECT_THAT(footprint.invite_codes, ElementsAre("code"));
  EXPECT_THAT(footprint.users, ElementsAre(ada));

  footprint = {};
  announce(RenameUser{.user = ada, .name = "Adele"}, footprint);
  EXPECT_THAT(footprint.renamed, ElementsAre(ada));
}

}  // namespace
}  // namespace parlance::chat
