#include "chat/domain/permissions.h"

#include <gtest/gtest.h>

#include "tests/support/chat/fixtures.h"

namespace parlance::chat {
namespace {

const auto kAda = test::id_of<UserId>(1);
const auto kBen = test::id_of<UserId>(2);

TEST(Permissions, LetHostsRemoveWhoRanksBelowThem) {
  EXPECT_TRUE(may_remove(kAda, Role::kOwner, kBen, Role::kAdmin));
  EXPECT_TRUE(may_remove(kAda, Role::kModerator, kBen, Role::kMember));
  EXPECT_FALSE(may_remove(kAda, Role::kModerator, kBen, Role::kModerator));
  EXPECT_FALSE(may_remove(kAda, Role::kAdmin, kBen, Role::kOwner));
  EXPECT_FALSE(may_remove(kAda, Role::kMember, kBen, Role::kGuest));
}

TEST(Permissions, LetEverybodyLeave) {
  EXPECT_TRUE(may_remove(kAda, Role::kGuest, kAda, Role::kGuest));
  EXPECT_TRUE(may_remove(kAda, Role::kOwner, kAda, Role::kOwner));
}

TEST(Permissions, LetMembersReadFromWhereTheySeeIt) {
  const Member member{.user = kAda, .name = "Ada", .visible_from = 5};
  EXPECT_FALSE(may_read(member, 4));
  EXPECT_TRUE(may_read(member, 5));
}

}  // namespace
}  // namespace parlance::chat
