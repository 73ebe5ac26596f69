// What every store promises about accounts: chat/ports/accounts.h, on every adapter.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/store_adapters.h"

namespace parlance::chat {
namespace {

using test::id_of;
using test::token_hash_of;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr UnixMillis kNow = 1'800'000'000'000;
const auto kAda = id_of<UserId>(1);
const auto kBen = id_of<UserId>(2);
const auto kPhone = id_of<DeviceId>(101);
const auto kLaptop = id_of<DeviceId>(102);

User user(UserId id, std::string name) {
  return {.id = id, .name = std::move(name), .guest = true, .created_at = kNow};
}

Account account(UserId id, std::string login) {
  return {.user = id,
          .login = std::move(login),
          .password_hash = "$argon2id$v=19$m=19456,t=2,p=1$salt$hash",
          .admin = false,
          .created_at = kNow + 5};
}

DeviceState device(DeviceId id, UserId user, UnixMillis last_used_at = kNow) {
  return {.id = id,
          .user = user,
          .name = "Phone",
          .created_at = kNow,
          .last_used_at = last_used_at,
          .token_number = 0};
}

RefreshToken token(DeviceId device, std::int64_t number, std::uint64_t hash) {
  return {.device = device, .number = number, .parent = number - 1, .hash = token_hash_of(hash)};
}

class AccountsContract : public testing::TestWithParam<test::StoreAdapter> {
 protected:
  void SetUp() override {
    if (const std::string missing = test::missing_store(); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    store_ = GetParam().open(folder_);
    ASSERT_NE(store_, nullptr);
    writer_ = std::move(store_->open_writer().value());
    reader_ = std::move(store_->open_reader().value());
    ASSERT_TRUE(write([](AccountWriter& to) {
      to.add_user(user(kAda, "Ada Lovelace"));
      to.add_user(user(kBen, "Ben"));
    }));
  }

  template <typename Changes>
  std::expected<void, StoreError> write(const Changes& changes) {
    begin();
    changes(writer_->writes().accounts);
    return writer_->commit();
  }

  void begin() {
    writer_->begin({.users = {kAda, kBen},
                    .logins = {"ada", "ben", "zoe"},
                    .devices = {kPhone, kLaptop},
                    .refresh_tokens = {}});
  }

  template <typename Question>
  auto read(const Question& question) {
    reader_->begin();
    auto answer = question(reader_->reads());
    EXPECT_TRUE(reader_->end());
    return answer;
  }

  // Everything there is, to compare.
  auto look() {
    return read([](const StoreReads& from) {
      return std::tuple(from.directory.user(kAda),
                        from.accounts.account(kAda),
                        from.accounts.account_named("ada"),
                        from.accounts.devices_of(kAda),
                        from.accounts.last_token_number(kPhone),
                        from.accounts.refresh_token(kPhone, 1),
                        from.accounts.refresh_token(kPhone, 2),
                        from.directory.device_of(token_hash_of(77)));
    });
  }

  template <typename Changes>
  void expect_refused(const Changes& changes) {
    const auto before = look();
    const auto refused = write([&](AccountWriter& to) {
      to.update_device(device(kPhone, kAda, kNow + 99));
      changes(to);
    });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), StoreError::kRefused);
    EXPECT_EQ(look(), before);
  }

  void add_account_on_phone() {
    ASSERT_TRUE(write([](AccountWriter& to) {
      to.add_account(account(kAda, "ada"));
      to.add_device(device(kPhone, kAda));
      to.add_refresh_token(token(kPhone, 1, 1));
    }));
  }

  test::TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<WriteSession> writer_;
  std::unique_ptr<ReadSession> reader_;
};

TEST_P(AccountsContract, GivesBackAnAccountByItsUserAndByItsLogin) {
  add_account_on_phone();
  EXPECT_EQ(read([](const StoreReads& from) { return from.accounts.account(kAda); }),
            account(kAda, "ada"));
  EXPECT_EQ(read([](const StoreReads& from) { return from.accounts.account_named("ada"); }),
            account(kAda, "ada"));
  EXPECT_FALSE(
      read([](const StoreReads& from) { return from.accounts.account_named("ad").has_value(); }));
  EXPECT_FALSE(
      read([](const StoreReads& from) { return from.accounts.account(kBen).has_value(); }));
}

TEST_P(AccountsContract, MakesTheUserOfAnAccountNoGuest) {
  EXPECT_TRUE(read([](const StoreReads& from) { return from.directory.user(kAda)->user.guest; }));
  add_account_on_phone();
  EXPECT_FALSE(read([](const StoreReads& from) { return from.directory.user(kAda)->user.guest; }));
}

TEST_P(AccountsContract, ReplacesAPasswordHash) {
  add_account_on_phone();
  ASSERT_TRUE(write([](AccountWriter& to) { to.set_password_hash(kAda, "other"); }));
  EXPECT_EQ(read([](const StoreReads& from) { return from.accounts.account(kAda)->password_hash; }),
            "other");
}

TEST_P(AccountsContract, RefusesWhatIsTaken) {
  add_account_on_phone();
  expect_refused([](AccountWriter& to) { to.add_account(account(kAda, "zoe")); });
  expect_refused([](AccountWriter& to) { to.add_account(account(kBen, "ada")); });
  expect_refused([](AccountWriter& to) { to.add_user(user(kBen, "Other")); });
  expect_refused([](AccountWriter& to) { to.add_device(device(kPhone, kBen)); });
  expect_refused([](AccountWriter& to) { to.add_refresh_token(token(kPhone, 1, 2)); });
  expect_refused([](AccountWriter& to) { to.add_refresh_token(token(kPhone, 2, 1)); });
}

TEST_P(AccountsContract, RefusesWhatBelongsToNothing) {
  add_account_on_phone();
  const auto nobody = id_of<UserId>(9);
  expect_refused([](AccountWriter& to) { to.set_password_hash(kBen, "hash"); });
  expect_refused([](AccountWriter& to) { to.update_device(device(kLaptop, kAda)); });
  expect_refused([](AccountWriter& to) { to.add_refresh_token(token(kLaptop, 1, 5)); });
  expect_refused([&](AccountWriter& to) { to.add_device(device(kLaptop, nobody)); });
  expect_refused([&](AccountWriter& to) { to.add_account(account(nobody, "zoe")); });
}

TEST_P(AccountsContract, ListsDevicesFromTheLeastRecentlyUsedOn) {
  ASSERT_TRUE(write([](AccountWriter& to) {
    to.add_device(device(kPhone, kAda, kNow + 9));
    to.add_device(device(kLaptop, kAda, kNow + 3));
  }));
  EXPECT_THAT(read([](const StoreReads& from) { return from.accounts.devices_of(kAda); }),
              ElementsAre(device(kLaptop, kAda, kNow + 3), device(kPhone, kAda, kNow + 9)));
  DeviceState changed = device(kLaptop, kAda, kNow + 10);
  changed.name = "Old laptop";
  changed.token_number = 4;
  ASSERT_TRUE(write([&](AccountWriter& to) { to.update_device(changed); }));
  EXPECT_THAT(read([](const StoreReads& from) { return from.accounts.devices_of(kAda); }),
              ElementsAre(device(kPhone, kAda, kNow + 9), changed));
  EXPECT_EQ(read([](const StoreReads& from) { return from.accounts.device(kLaptop); }), changed);
  EXPECT_THAT(read([](const StoreReads& from) { return from.accounts.devices_of(kBen); }),
              IsEmpty());
}

TEST_P(AccountsContract, FindsRefreshTokensByHashAndByNumber) {
  add_account_on_phone();
  ASSERT_TRUE(write([](AccountWriter& to) { to.add_refresh_token(token(kPhone, 2, 2)); }));
  EXPECT_EQ(
      read([](const StoreReads& from) { return from.accounts.refresh_token(token_hash_of(2)); }),
      token(kPhone, 2, 2));
  EXPECT_EQ(read([](const StoreReads& from) { return from.accounts.refresh_token(kPhone, 1); }),
            token(kPhone, 1, 1));
  EXPECT_EQ(read([](const StoreReads& from) { return from.accounts.last_token_number(kPhone); }),
            2);
  EXPECT_EQ(read([](const StoreReads& from) { return from.accounts.last_token_number(kLaptop); }),
            0);
  ASSERT_TRUE(write([](AccountWriter& to) { to.forget_refresh_tokens(kPhone, 2); }));
  EXPECT_FALSE(read([](const StoreReads& from) {
    return from.accounts.refresh_token(token_hash_of(1)).has_value();
  }));
  EXPECT_TRUE(read([](const StoreReads& from) {
    return from.accounts.refresh_token(token_hash_of(2)).has_value();
  }));
}

TEST_P(AccountsContract, KnowsNothingOfADeviceThatWasRemoved) {
  add_account_on_phone();
  ASSERT_TRUE(write([](AccountWriter& to) {
    to.remove_device(kPhone);
    to.remove_device(kLaptop);  // gone already
  }));
  EXPECT_FALSE(
      read([](const StoreReads& from) { return from.accounts.device(kPhone).has_value(); }));
  EXPECT_FALSE(read([](const StoreReads& from) {
    return from.accounts.refresh_token(token_hash_of(1)).has_value();
  }));
  EXPECT_TRUE(write([](AccountWriter& to) { to.add_device(device(kPhone, kBen)); }));
}

TEST_P(AccountsContract, RemovesADeviceThatWasAnnouncedByOneOfItsTokens) {
  add_account_on_phone();
  writer_->begin({.refresh_tokens = {token_hash_of(1)}});
  writer_->writes().accounts.remove_device(kPhone);
  ASSERT_TRUE(writer_->commit());
  EXPECT_FALSE(
      read([](const StoreReads& from) { return from.accounts.device(kPhone).has_value(); }));
}

TEST_P(AccountsContract, PutsADeviceInTheGuestsPlaceWithoutItsToken) {
  const auto eve = id_of<UserId>(3);
  writer_->begin({.users = {eve}});
  writer_->writes().directory.add_user(
      user(eve, "Eve"),
      {.id = kPhone, .user = eve, .token_hash = token_hash_of(77), .created_at = kNow});
  ASSERT_TRUE(writer_->commit());
  EXPECT_EQ(read([](const StoreReads& from) {
              return from.directory.device_of(token_hash_of(77))->device;
            }),
            kPhone);
  writer_->begin({.users = {eve}});
  writer_->writes().accounts.remove_device(kPhone);
  writer_->writes().accounts.add_device(device(kPhone, eve, kNow + 1));
  ASSERT_TRUE(writer_->commit());
  EXPECT_FALSE(read([](const StoreReads& from) {
    return from.directory.device_of(token_hash_of(77)).has_value();
  }));
  EXPECT_EQ(read([](const StoreReads& from) { return from.accounts.device(kPhone)->user; }), eve);
}

TEST_P(AccountsContract, FindsUsersByThePrefixOfLoginOrNameInEitherCase) {
  ASSERT_TRUE(write([](AccountWriter& to) { to.add_account(account(kAda, "zoe")); }));
  const auto find = [&](std::string_view prefix, std::size_t limit = 10) {
    return read([&](const StoreReads& from) { return from.accounts.find_users(prefix, limit); });
  };
  const FoundUser ada{.id = kAda, .login = "zoe", .name = "Ada Lovelace"};
  EXPECT_THAT(find("zo"), ElementsAre(ada));
  EXPECT_THAT(find("ada l"), ElementsAre(ada));
  EXPECT_THAT(find("lovelace"), IsEmpty());
  EXPECT_THAT(find("be"), IsEmpty()) << "guests are not found";
  for (const char* pattern : {"%", "_", "zo%", "zo*", "a_a", "' OR 1=1 --", "\"", "\\"}) {
    EXPECT_THAT(find(pattern), IsEmpty()) << pattern;
  }
  ASSERT_TRUE(write([](AccountWriter& to) { to.add_account(account(kBen, "ada")); }));
  const FoundUser ben{.id = kBen, .login = "ada", .name = "Ben"};
  EXPECT_THAT(find("ada"), ElementsAre(ben, ada));
  EXPECT_THAT(find("ada", 1), ElementsAre(ben));
}

TEST_P(AccountsContract, KeepsNothingOfWhatWasRolledBack) {
  add_account_on_phone();
  const auto before = look();
  begin();
  AccountWriter& to = writer_->writes().accounts;
  to.set_password_hash(kAda, "other");
  to.add_account(account(kBen, "ben"));
  to.add_device(device(kLaptop, kAda));
  to.add_refresh_token(token(kPhone, 2, 2));
  to.forget_refresh_tokens(kPhone, 2);
  to.update_device(device(kPhone, kAda, kNow + 50));
  to.remove_device(kPhone);
  writer_->rollback();
  EXPECT_EQ(look(), before);
  EXPECT_TRUE(read([](const StoreReads& from) { return from.directory.user(kBen)->user.guest; }));
  EXPECT_TRUE(write([](AccountWriter& into) { into.add_account(account(kBen, "ben")); }));
}

INSTANTIATE_TEST_SUITE_P(Adapters,
                         AccountsContract,
                         testing::ValuesIn(test::store_adapters()),
                         [](const auto& adapter) { return adapter.param.name; });

}  // namespace
}  // namespace parlance::chat
