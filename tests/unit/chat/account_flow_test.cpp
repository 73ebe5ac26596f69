// Signing in as the server does it, with a hasher that the test holds.
#include "chat/adapters/accounts/account_flow.h"

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>

#include <gtest/gtest.h>

#include "chat/adapters/jwt/jwt_tokens.h"
#include "chat/adapters/store_threads/start_chat_service.h"
#include "tests/support/chat/fixtures.h"

namespace parlance::chat {
namespace {

// Where the hashing thread waits until it is let go.
class Door {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }

  void wait_for_somebody() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ > 0; });
  }

  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

class HeldHasher final : public PasswordHasher {
 public:
  explicit HeldHasher(Door& door) : door_(door) {}

  std::optional<std::string> hash(std::string_view password) override {
    return "hash of " + std::string(password);
  }

  bool verify(std::string_view password, const std::string& phc) override {
    door_.pass();
    return phc == "hash of " + std::string(password);
  }

  const std::string& decoy() const override { return decoy_; }

 private:
  Door& door_;
  std::string decoy_ = "nobody's";
};

class AccountFlow : public testing::Test {
 protected:
  ~AccountFlow() override {
    door_.open();
    accounts_->stop();
    chat_->stop();
  }

  test::InlineExecutor executor_;
  Door door_;
  std::unique_ptr<ChatService> chat_ =
      start_chat_service({.url = "memory:"}, [](const auto&) {}).value();
  std::unique_ptr<AccountService> accounts_ = start_accounts(
      *chat_, std::make_unique<HeldHasher>(door_), make_jwt_tokens(), [](UserId, const auto&) {});
};

TEST_F(AccountFlow, SaysAtOnceThatTooManyWaitForTheirTurn) {
  std::atomic<std::size_t> busy{0};
  std::atomic<std::size_t> wrong{0};
  std::promise<void> first_busy;
  const auto sign_in = [&] {
    accounts_->sign_in("nobody", "password?", "", executor_, [&](const auto& made) {
      EXPECT_FALSE(made);
      if (made.error() == ChatError::kBusy && busy++ == 0) {
        first_busy.set_value();
      } else if (made.error() == ChatError::kUnauthenticated) {
        ++wrong;
      }
    });
  };
  sign_in();
  door_.wait_for_somebody();
  for (std::size_t i = 0; i <= kMaxQueuedHashes; ++i) {
    sign_in();
  }
  first_busy.get_future().wait();
  EXPECT_EQ(wrong, 0U);
  // Questions of others are answered meanwhile.
  test::Answer<std::vector<FoundUser>> found;
  accounts_->find_users("no", executor_, found.reply());
  EXPECT_TRUE(found.get());
  door_.open();
  accounts_->stop();
  EXPECT_EQ(busy, 1U);
  EXPECT_EQ(wrong, kMaxQueuedHashes + 1);
}

TEST_F(AccountFlow, AnswersAfterItWasStopped) {
  accounts_->stop();
  test::Answer<Credentials> answer;
  accounts_->sign_in("nobody", "password?", "", executor_, answer.reply());
  EXPECT_EQ(answer.get().error(), ChatError::kBusy);
}

TEST_F(AccountFlow, MakesAnAdministratorWhoIsSignedInNowhere) {
  test::Answer<User> made;
  accounts_->create_admin("Root", "correct horse", executor_, made.reply());
  const auto user = made.get();
  ASSERT_TRUE(user);
  EXPECT_EQ(user->name, "root");
  test::Answer<std::vector<DeviceState>> devices;
  accounts_->list_devices(user->id, executor_, devices.reply());
  EXPECT_TRUE(devices.get()->empty());
  door_.open();
  test::Answer<Credentials> signed_in;
  accounts_->sign_in("ROOT", "correct horse", "Phone", executor_, signed_in.reply());
  EXPECT_TRUE(signed_in.get());
}

}  // namespace
}  // namespace parlance::chat
