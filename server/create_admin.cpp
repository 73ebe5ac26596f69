#include "server/create_admin.h"

#include <cstdio>
#include <expected>
#include <future>
#include <iostream>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "chat/adapters/accounts/account_flow.h"
#include "chat/adapters/argon2/argon2_hasher.h"
#include "chat/adapters/jwt/jwt_tokens.h"
#include "chat/adapters/store_threads/start_chat_service.h"
#include "server/admin.h"
#include "server/certificate_client.h"
#include "server/data_folder.h"
#include "server/exit_codes.h"

namespace parlance::server {

namespace {

using Outcome = std::expected<void, std::string>;

// Answers where they come.
class AtOnce final : public Executor {
 public:
  bool post(Task task) override {
    task();
    return true;
  }
};

// The store is ours: the folder is locked.
Outcome create_here(const Configuration& configuration,
                    const std::string& login,
                    const std::string& password) {
  if (configuration.storage.url == "memory:") {
    return std::unexpected("nothing would remember it: storage.url is memory:");
  }
  auto chat = chat::start_chat_service({.url = configuration.storage.url},
                                       [](const std::shared_ptr<const chat::Event>&) {});
  if (!chat) {
    return std::unexpected(chat.error());
  }
  const auto accounts = chat::start_accounts(
      **chat, chat::make_argon2_hasher(), chat::make_jwt_tokens(), [](chat::UserId, const auto&) {
      });
  AtOnce executor;
  std::promise<std::expected<chat::User, chat::ChatError>> promise;
  accounts->create_admin(
      login, password, executor, [&promise](std::expected<chat::User, chat::ChatError> made) {
        promise.set_value(std::move(made));
      });
  const auto made = promise.get_future().get();
  accounts->stop();
  (*chat)->stop();
  if (!made) {
    return std::unexpected(std::string(refusal_text(made.error())));
  }
  return {};
}

Outcome ask_the_server(const Configuration& configuration,
                       const std::string& login,
                       const std::string& password) {
  const auto& folder = configuration.data.folder;
  const auto url = read_text(folder / kAdminUrlFile);
  const auto token = read_text(folder / kAdminTokenFile);
  if (!url || !token) {
    return std::unexpected(
        fmt::format("a server holds the data folder {} but can't be reached", folder.string()));
  }
  LocalRequest request{"POST",
                       *url + "/admin/accounts",
                       *token,
                       nlohmann::json({{"login", login}, {"password", password}}).dump(),
                       folder / kLanCertificateFile};
  if (!configuration.http.tls_certificate.empty()) {
    request.certificate = configuration.http.tls_certificate;
  }
  const auto response = send_request(request);
  if (!response) {
    return std::unexpected(response.error());
  }
  if (response->status != 201) {
    const auto problem = nlohmann::json::parse(response->body, nullptr, false);
    return std::unexpected(problem.is_object() ? problem.value("detail", response->body)
                                               : response->body);
  }
  return {};
}

}  // namespace

int run_create_admin(const Configuration& configuration,
                     const std::string& login,
                     bool password_from_stdin) {
  umask(S_IRWXG | S_IRWXO);
  std::string password;
  if (password_from_stdin) {
    std::getline(std::cin, password);
  } else {
    constexpr std::size_t kCharacters = 20;  // 120 bits
    password = new_admin_token().substr(0, kCharacters);
  }
  // Whoever gets the lock is the only one; else a server runs and does it.
  const auto folder = DataFolder::open(configuration.data.folder);
  const Outcome made = folder ? create_here(configuration, login, password)
                              : ask_the_server(configuration, login, password);
  if (!made) {
    fmt::print(stderr, "{} was not created: {}\n", login, made.error());
    return kExitEnvironment;
  }
  fmt::print("{} may sign in as an administrator.\n", login);
  if (!password_from_stdin) {
    fmt::print("Password: {}\n", password);
  }
  return kExitDone;
}

}  // namespace parlance::server
