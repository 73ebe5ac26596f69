#include <gtest/gtest.h>

#include "tests/unit/chat/service_fixture.h"

namespace parlance::chat {
namespace {

using test::id_of;

class AccountQueries : public test::ServiceTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(run(RegisterAccount{.user = id_of<UserId>(1),
                                    .device = id_of<DeviceId>(1),
                                    .login = "ada",
                                    .password_hash = "hash",
                                    .name = "Ada",
                                    .device_name = "",
                                    .token = test::token_hash_of(1)}));
  }

  auto check(std::uint64_t user, std::uint64_t device, std::int64_t number) {
    return ask([&](Queries& queries) {
      return queries.check_access({.user = id_of<UserId>(user),
                                   .device = id_of<DeviceId>(device),
                                   .token_number = number,
                                   .expires_at = 0});
    });
  }

  auto find(const std::string& prefix) {
    return ask([&](Queries& queries) { return queries.find_users(prefix); });
  }
};

TEST_F(AccountQueries, AnAccessTokenIsItsDevicesForAsLongAsThatIsSignedIn) {
  EXPECT_EQ(check(1, 1, 1)->identity.name, "Ada");
  EXPECT_FALSE(check(1, 1, 1)->is_first_use);
  EXPECT_TRUE(check(1, 1, 2)->is_first_use);
  EXPECT_EQ(check(2, 1, 1).error(), ChatError::kUnauthenticated);
  EXPECT_EQ(check(1, 2, 1).error(), ChatError::kUnauthenticated);
  ASSERT_TRUE(run(EndDevices{.user = id_of<UserId>(1), .device = {}}));
  EXPECT_EQ(check(1, 1, 1).error(), ChatError::kUnauthenticated);
}

TEST_F(AccountQueries, PeopleAreFoundByTwoCharactersOrMore) {
  EXPECT_EQ(find(" AD ")->size(), 1U);
  EXPECT_TRUE(find("zz")->empty());
  EXPECT_EQ(find("a").error(), ChatError::kInvalid);
  EXPECT_EQ(find("").error(), ChatError::kInvalid);
  EXPECT_EQ(find("a\xC3").error(), ChatError::kInvalid);
  EXPECT_EQ(find(std::string(65, 'a')).error(), ChatError::kInvalid);
}

}  // namespace
}  // namespace parlance::chat
