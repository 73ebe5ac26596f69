// Signing up, in and out, decided.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/chat/service_fixture.h"

namespace parlance::chat {
namespace {

using test::id_of;
using test::token_hash_of;
using testing::ElementsAre;
using testing::SizeIs;

class AccountCommands : public test::ServiceTest {
 protected:
  static constexpr UnixMillis kHour = 3'600'000;

  auto sign_up(std::uint64_t number, const std::string& login) {
    return run(RegisterAccount{.user = id_of<UserId>(number),
                               .device = id_of<DeviceId>(number),
                               .login = login,
                               .password_hash = "hash",
                               .name = "",
                               .device_name = "Phone",
                               .token = token_hash_of(number)});
  }

  auto refresh(std::uint64_t presented, std::uint64_t next, UnixMillis now = kNow) {
    const RefreshSession request{.presented = token_hash_of(presented),
                                 .next = token_hash_of(next)};
    Footprint footprint;
    announce(request, footprint);
    writer_->begin(footprint);
    Commands commands(writer_->reads(), writer_->writes(), now);
    auto answer = commands.run(request);
    EXPECT_TRUE(writer_->commit());
    return answer;
  }

  // Which token of the device counts; nothing where it is signed out.
  std::optional<std::int64_t> current(std::uint64_t number) {
    reader_->begin();
    const auto device = reader_->reads().accounts.device(id_of<DeviceId>(number));
    EXPECT_TRUE(reader_->end());
    return device ? std::optional(device->token_number) : std::nullopt;
  }
};

TEST_F(AccountCommands, AGuestBecomesAnAccountAndKeepsItsConversations) {
  const UserId ada = guest(1, "Ada");
  const ConversationId tea = room(ada, 10);
  const auto made = sign_up(1, "ada");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->identity.name, "Ada");
  EXPECT_FALSE(made->identity.guest);
  EXPECT_EQ(ask([&](Queries& queries) { return queries.authenticate(token_hash_of(1)); }).error(),
            ChatError::kUnauthenticated);
  EXPECT_TRUE(ask([&](Queries& queries) { return queries.conversation(ada, tea); }));
}

TEST_F(AccountCommands, ALoginAndAUserHaveOneAccount) {
  ASSERT_TRUE(sign_up(1, "ada"));
  EXPECT_EQ(sign_up(2, "ada").error(), ChatError::kConflict);
  EXPECT_EQ(sign_up(1, "other").error(), ChatError::kConflict);
}

TEST_F(AccountCommands, ARefreshTokenHoldsUntilItsSuccessorIsUsed) {
  ASSERT_TRUE(sign_up(1, "ada"));
  ASSERT_TRUE(refresh(1, 2)->granted);
  const auto again = refresh(1, 3);
  ASSERT_TRUE(again->granted) << "the answer was lost";
  EXPECT_EQ(again->granted->token_number, 3);
  EXPECT_EQ(current(1), 1);
  ASSERT_TRUE(refresh(3, 4)->granted);
  EXPECT_EQ(current(1), 3);
}

TEST_F(AccountCommands, ADeadRefreshTokenEndsTheDevice) {
  ASSERT_TRUE(sign_up(1, "ada"));
  ASSERT_TRUE(refresh(1, 2)->granted);
  ASSERT_TRUE(refresh(2, 3)->granted);
  const auto reused = refresh(1, 4);
  ASSERT_TRUE(reused && reused->ended);
  EXPECT_EQ(reused->ended->device, id_of<DeviceId>(1));
  EXPECT_FALSE(current(1));
  EXPECT_EQ(refresh(3, 5).error(), ChatError::kUnauthenticated);
}

TEST_F(AccountCommands, TheTokenOfALostAnswerEndsTheDeviceOnceAnotherWasUsed) {
  ASSERT_TRUE(sign_up(1, "ada"));
  ASSERT_TRUE(refresh(1, 2)->granted);
  ASSERT_TRUE(refresh(1, 3)->granted);
  ASSERT_TRUE(refresh(3, 4)->granted);
  EXPECT_TRUE(refresh(2, 5)->ended);
}

TEST_F(AccountCommands, AnAccessTokensFirstUseKillsTheOldRefreshToken) {
  ASSERT_TRUE(sign_up(1, "ada"));
  ASSERT_TRUE(refresh(1, 2)->granted);
  const ConfirmToken confirm{.device = id_of<DeviceId>(1), .token_number = 2};
  ASSERT_TRUE(run(confirm));
  ASSERT_TRUE(run(confirm));
  EXPECT_EQ(current(1), 2);
  EXPECT_TRUE(refresh(1, 3)->ended);
}

TEST_F(AccountCommands, ADeviceEndsAfterThirtyQuietDaysOrNinetyInAll) {
  constexpr UnixMillis kDay = 24 * kHour;
  ASSERT_TRUE(sign_up(1, "ada"));
  EXPECT_TRUE(refresh(1, 2, kNow + 30 * kDay - 1)->granted);
  EXPECT_TRUE(refresh(2, 3, kNow + 60 * kDay - 2)->granted);
  EXPECT_TRUE(refresh(3, 4, kNow + 90 * kDay - 3)->granted);
  EXPECT_TRUE(refresh(4, 5, kNow + 90 * kDay)->ended);
  ASSERT_TRUE(sign_up(2, "ben"));
  EXPECT_TRUE(refresh(2, 6, kNow + 30 * kDay)->ended);
}

TEST_F(AccountCommands, SoManySupersededTokensAreRemembered) {
  ASSERT_TRUE(sign_up(1, "ada"));
  const auto last = static_cast<std::uint64_t>(kMaxDeadTokens) + 3;
  for (std::uint64_t i = 1; i < last; ++i) {
    ASSERT_TRUE(refresh(i, i + 1)->granted);
  }
  EXPECT_EQ(refresh(1, 500).error(), ChatError::kUnauthenticated) << "forgotten";
  EXPECT_TRUE(refresh(2, 501)->ended);
}

TEST_F(AccountCommands, OneDeviceTooManyEndsTheOneThatWasUsedLeastRecently) {
  ASSERT_TRUE(sign_up(1, "ada"));
  const auto sign_in = [&](std::uint64_t number) {
    return run(SignIn{.user = id_of<UserId>(1),
                      .password_hash = "hash",
                      .device = id_of<DeviceId>(number),
                      .device_name = "",
                      .token = token_hash_of(number)});
  };
  for (std::uint64_t i = 2; i <= kMaxDevices; ++i) {
    EXPECT_THAT(sign_in(i)->ended, SizeIs(0));
  }
  EXPECT_THAT(sign_in(100)->ended, ElementsAre(id_of<DeviceId>(1)));
  EXPECT_FALSE(current(1));
}

TEST_F(AccountCommands, NobodySignsInWithAPasswordThatWasChangedMeanwhile) {
  ASSERT_TRUE(sign_up(1, "ada"));
  EXPECT_EQ(run(SignIn{.user = id_of<UserId>(1),
                       .password_hash = "another hash",
                       .device = id_of<DeviceId>(2),
                       .device_name = "",
                       .token = token_hash_of(2)})
                .error(),
            ChatError::kUnauthenticated);
  EXPECT_FALSE(current(2));
}

TEST_F(AccountCommands, EndOnesOwnDevicesAlone) {
  ASSERT_TRUE(sign_up(1, "ada"));
  ASSERT_TRUE(sign_up(2, "ben"));
  EXPECT_EQ(run(EndDevices{.user = id_of<UserId>(2), .device = id_of<DeviceId>(1)}).error(),
            ChatError::kNotFound);
  EXPECT_TRUE(current(1));
  EXPECT_THAT(*run(EndDevices{.user = id_of<UserId>(2), .device = {}}),
              ElementsAre(id_of<DeviceId>(2)));
  EXPECT_FALSE(current(2));
}

}  // namespace
}  // namespace parlance::chat
