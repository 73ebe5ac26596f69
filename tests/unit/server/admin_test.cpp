#include "server/admin.h"

#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/media/fake_media_engine.h"
#include "tests/support/media/manual_executor.h"

namespace parlance::server {
namespace {

using signaling::HttpMethod;
using testing::HasSubstr;

// Makes administrators only, at once.
class FakeAccounts final : public chat::AccountService {
 public:
  void create_account(chat::NewAccount, Executor&, chat::Reply<chat::Credentials>) override {}

  void create_admin(std::string login,
                    std::string password,
                    Executor& reply_on,
                    chat::Reply<chat::User> reply) override {
    std::expected<chat::User, chat::ChatError> made(chat::User{.id = {}, .name = login});
    if (password == "weak") {
      made = std::unexpected(chat::ChatError::kWeakPassword);
    } else if (login == "taken") {
      made = std::unexpected(chat::ChatError::kConflict);
    }
    reply_on.post([out = std::move(reply), made]() mutable { out(made); });
  }

  void sign_in(
      std::string, std::string, std::string, Executor&, chat::Reply<chat::Credentials>) override {}

  void refresh(std::string, Executor&, chat::Reply<chat::Credentials>) override {}

  void authenticate(std::string, Executor&, chat::Reply<chat::Identity>) override {}

  void sign_out(chat::UserId,
                std::optional<chat::DeviceId>,
                Executor&,
                chat::Reply<void>) override {}

  void list_devices(chat::UserId, Executor&, chat::Reply<std::vector<chat::DeviceState>>) override {
  }

  void find_users(std::string, Executor&, chat::Reply<std::vector<chat::FoundUser>>) override {}

  std::string key_set() const override { return {}; }

  void stop() override {}
};

class AdminTest : public testing::Test {
 protected:
  signaling::HttpResponse ask(HttpMethod method,
                              const std::string& path,
                              const std::string& body = "",
                              const std::string& authorization = "Bearer secret") {
    const auto route = admin_route(engine, accounts, "secret");
    signaling::HttpRequest request;
    request.method = method;
    request.path = path;
    request.body = body;
    request.authorization = authorization;
    std::optional<signaling::HttpResponse> response;
    route.handler(
        request, executor, [&](const signaling::HttpResponse& given) { response = given; });
    executor.run();
    return response.value();
  }

  test::FakeMediaEngine engine;
  FakeAccounts accounts;
  test::ManualExecutor executor;
};

TEST_F(AdminTest, WantsItsToken) {
  for (const char* authorization : {"", "secret", "Bearer ", "Bearer secre", "Bearer secrets"}) {
    EXPECT_EQ(ask(HttpMethod::kGet, "/admin/load", "", authorization).status, 401) << authorization;
  }
  EXPECT_TRUE(engine.commands.empty());
  EXPECT_EQ(ask(HttpMethod::kGet, "/admin/load").status, 200);
}

TEST_F(AdminTest, ChangesTheNumberOfWorkers) {
  EXPECT_EQ(ask(HttpMethod::kPut, "/admin/workers", R"({"workers":3})").status, 200);
  EXPECT_TRUE(engine.has("set_workers 3"));
}

TEST_F(AdminTest, MakesAnAdministrator) {
  const auto made = [&](const std::string& body) {
    return ask(HttpMethod::kPost, "/admin/accounts", body).status;
  };
  EXPECT_EQ(made(R"({"login":"root","password":"long enough"})"), 201);
  EXPECT_EQ(made(R"({"login":"taken","password":"long enough"})"), 409);
  EXPECT_EQ(made(R"({"login":"root","password":"weak"})"), 422);
  EXPECT_EQ(ask(HttpMethod::kPost, "/admin/accounts", "{}", "Bearer wrong").status, 401);
}

TEST_F(AdminTest, RefusesNumbersThatAreNone) {
  for (const char* body : {"",
                           "3",
                           "{}",
                           R"({"workers":0})",
                           R"({"workers":-1})",
                           R"({"workers":257})",
                           R"({"workers":1.5})",
                           R"({"workers":"3"})",
                           R"({"workers":99999999999999999999})"}) {
    EXPECT_EQ(ask(HttpMethod::kPut, "/admin/workers", body).status, 400) << body;
  }
  EXPECT_TRUE(engine.commands.empty());
}

TEST_F(AdminTest, SaysWhyTheMediaPlaneRefuses) {
  engine.refuse("set_workers", sfu::MediaError::kLimitReached);
  const auto response = ask(HttpMethod::kPut, "/admin/workers", R"({"workers":200})");
  EXPECT_EQ(response.status, 409);
  EXPECT_THAT(response.body, HasSubstr("media.shards"));
}

TEST_F(AdminTest, KnowsNothingElse) {
  EXPECT_EQ(ask(HttpMethod::kGet, "/admin/passwords").status, 404);
  EXPECT_EQ(ask(HttpMethod::kPost, "/admin/workers", R"({"workers":3})").status, 404);
}

TEST(Admin, LoadIsATableForPeople) {
  sfu::EngineLoad load;
  load.shards = {{0, 1, 40000, 2, 3, 4, 5, 600, 700, 0.25}};
  load.workers = {{1, 1, 0.5}};
  const std::string table = load_table(load_json(load));
  EXPECT_THAT(table, HasSubstr("40000"));
  EXPECT_THAT(table, HasSubstr("25.0"));
  EXPECT_THAT(table, HasSubstr("50.0"));
  EXPECT_EQ(load_table("{}"), "");
  EXPECT_EQ(load_table("not json"), "");
}

TEST(Admin, TokensDiffer) {
  const std::string token = new_admin_token();
  EXPECT_EQ(token.size(), 43u);
  EXPECT_NE(token, new_admin_token());
}

}  // namespace
}  // namespace parlance::server
