#include "chat/adapters/accounts/account_flow.h"

#include <chrono>
#include <utility>

#include "base/check.h"
#include "chat/adapters/store_threads/device_token.h"
#include "chat/adapters/store_threads/gate.h"
#include "chat/adapters/store_threads/store_thread.h"

namespace parlance::chat {

namespace {

UnixMillis wall_clock() {
  using std::chrono::system_clock;
  const auto since_epoch = system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

Uuid new_uuid() {
  return Uuid::v7(wall_clock(), random_for_uuid());
}

// Goes on where an answer came, on a store thread: what goes on there only passes things on.
class Onward final : public Executor {
 public:
  bool post(Task task) override {
    task();
    return true;
  }
};

// A refresh token and what is stored of it.
struct Secret {
  std::string token = new_device_token();
  TokenHash hash = hash_device_token(token).value();
};

class AccountFlow final : public AccountService {
 public:
  AccountFlow(ChatService& chat,
              std::unique_ptr<PasswordHasher> hasher,
              std::unique_ptr<AccessTokens> tokens,
              RevocationSink sink)
      : chat_(chat),
        hasher_(std::move(hasher)),
        tokens_(std::move(tokens)),
        sink_(std::move(sink)),
        hashing_("password-hash", kMaxQueuedHashes, 1, [](StoreThread<Task>::Batch batch) {
          for (const auto& task : batch) {
            (*task)();
          }
        }) {}

  ~AccountFlow() override { AccountFlow::stop(); }

  void create_account(NewAccount account, Executor& reply_on, Reply<Credentials> reply) override;
  void create_admin(std::string login,
                    std::string password,
                    Executor& reply_on,
                    Reply<User> reply) override;
  void sign_in(std::string login,
               std::string password,
               std::string device_name,
               Executor& reply_on,
               Reply<Credentials> reply) override;
  void refresh(std::string refresh_token, Executor& reply_on, Reply<Credentials> reply) override;
  void authenticate(std::string token, Executor& reply_on, Reply<Identity> reply) override;
  void sign_out(UserId user,
                std::optional<DeviceId> device,
                Executor& reply_on,
                Reply<void> reply) override;
  void list_devices(UserId user,
                    Executor& reply_on,
                    Reply<std::vector<DeviceState>> reply) override;
  void find_users(std::string prefix,
                  Executor& reply_on,
                  Reply<std::vector<FoundUser>> reply) override;

  std::string key_set() const override { return tokens_->key_set(); }

  void stop() override {
    gate_.close();
    hashing_.stop();
  }

 private:
  // An answer that is made on the way, for the thread that asked.
  template <typename T>
  static void answer(Executor& reply_on, Reply<T> reply, std::expected<T, ChatError> result) {
    Waiter<T>(reply_on, std::move(reply)).answer(std::move(result));
  }

  // Runs `work` on the hashing thread; false where too many wait already.
  bool hash_later(Task work) {
    bool queued = false;
    if (gate_.enter()) {
      auto task = std::make_unique<Task>(std::move(work));
      queued = hashing_.post(task);
      gate_.leave();
    }
    return queued;
  }

  // Checks what can be checked before the costly part, hashes, and then writes what `make` makes of
  // the hash; `done` gets the outcome on the thread that asked.
  void enroll(RegisterAccount request,
              std::string password,
              Executor& reply_on,
              Reply<SignedIn> done);
  void hash_and_register(RegisterAccount request,
                         std::string password,
                         Executor& reply_on,
                         Reply<SignedIn> done);
  void verify_and_sign_in(const std::optional<Account>& account,
                          std::string password,
                          std::string device_name,
                          Executor& reply_on,
                          Reply<Credentials> reply);
  Credentials credentials(const SignedIn& signed_in, std::string refresh_token) const;
  void tell(UserId user, const std::vector<DeviceId>& ended) const;

  ChatService& chat_;
  std::unique_ptr<PasswordHasher> hasher_;  // of the hashing thread, but for its decoy
  std::unique_ptr<AccessTokens> tokens_;
  RevocationSink sink_;
  Onward onward_;
  Gate gate_;
  StoreThread<Task> hashing_;
};

Credentials AccountFlow::credentials(const SignedIn& signed_in, std::string refresh_token) const {
  const UnixMillis now = wall_clock();
  return {.identity = signed_in.identity,
          .access_token = tokens_->sign({.user = signed_in.identity.user,
                                         .device = signed_in.identity.device,
                                         .token_number = signed_in.token_number,
                                         .expires_at = now + kAccessTokenMs},
                                        now),
          .refresh_token = std::move(refresh_token)};
}

void AccountFlow::tell(UserId user, const std::vector<DeviceId>& ended) const {
  if (!ended.empty()) {
    sink_(user, ended);
  }
}

void AccountFlow::enroll(RegisterAccount request,
                         std::string password,
                         Executor& reply_on,
                         Reply<SignedIn> done) {
  auto login = clean_login(request.login);
  if (!login || !is_good_password(password, *login)) {
    return answer<SignedIn>(
        reply_on,
        std::move(done),
        std::unexpected(login ? ChatError::kWeakPassword : ChatError::kInvalid));
  }
  request.login = *login;
  chat_.ask<std::optional<Account>>(
      [name = *login](Queries& queries) -> std::expected<std::optional<Account>, ChatError> {
        return queries.account_named(name);
      },
      onward_,
      [this,
       &reply_on,
       made = std::move(request),
       secret = std::move(password),
       out = std::move(done)](std::expected<std::optional<Account>, ChatError> found) mutable {
        if (!found || *found) {
          return answer<SignedIn>(reply_on,
                                  std::move(out),
                                  std::unexpected(found ? ChatError::kConflict : found.error()));
        }
        hash_and_register(std::move(made), std::move(secret), reply_on, std::move(out));
      });
}

void AccountFlow::hash_and_register(RegisterAccount request,
                                    std::string password,
                                    Executor& reply_on,
                                    Reply<SignedIn> done) {
  // Shared by the task and this function, which answers where the task isn't taken.
  auto waiting = std::make_shared<Reply<SignedIn>>(std::move(done));
  const bool queued = hash_later([this,
                                  &reply_on,
                                  waiting,
                                  made = std::move(request),
                                  secret = std::move(password)]() mutable {
    auto hash = hasher_->hash(secret);
    if (!hash) {
      return answer<SignedIn>(
          reply_on, std::move(*waiting), std::unexpected(ChatError::kUnavailable));
    }
    made.password_hash = std::move(*hash);
    chat_.change(std::move(made), reply_on, std::move(*waiting));
  });
  if (!queued) {
    answer<SignedIn>(reply_on, std::move(*waiting), std::unexpected(ChatError::kBusy));
  }
}

void AccountFlow::create_account(NewAccount account, Executor& reply_on, Reply<Credentials> reply) {
  Secret secret;
  RegisterAccount request{
      .user = account.guest ? account.guest->user : UserId(new_uuid()),
      .device = account.guest ? account.guest->device : DeviceId(new_uuid()),
      .login = std::move(account.login),
      .password_hash = {},
      .name = std::move(account.name),
      .device_name = std::move(account.device_name),
      .token = secret.hash,
  };
  enroll(std::move(request),
         std::move(account.password),
         reply_on,
         [this, token = std::move(secret.token), out = std::move(reply)](
             std::expected<SignedIn, ChatError> made) mutable {
           if (!made) {
             return out(std::unexpected(made.error()));
           }
           out(credentials(*made, std::move(token)));
         });
}

void AccountFlow::create_admin(std::string login,
                               std::string password,
                               Executor& reply_on,
                               Reply<User> reply) {
  RegisterAccount request{.user = UserId(new_uuid()),
                          .device = {},
                          .login = std::move(login),
                          .password_hash = {},
                          .name = {},
                          .device_name = {},
                          .token = {},
                          .admin = true};
  enroll(std::move(request),
         std::move(password),
         reply_on,
         [out = std::move(reply)](std::expected<SignedIn, ChatError> made) mutable {
           if (!made) {
             return out(std::unexpected(made.error()));
           }
           out(User{.id = made->identity.user, .name = made->identity.name, .guest = false});
         });
}

void AccountFlow::sign_in(std::string login,
                          std::string password,
                          std::string device_name,
                          Executor& reply_on,
                          Reply<Credentials> reply) {
  chat_.ask<std::optional<Account>>(
      [name = clean_login(login)](
          Queries& queries) -> std::expected<std::optional<Account>, ChatError> {
        return queries.account_named(name.value_or(""));
      },
      onward_,
      [this,
       &reply_on,
       secret = std::move(password),
       device = std::move(device_name),
       out = std::move(reply)](std::expected<std::optional<Account>, ChatError> found) mutable {
        if (!found) {
          return answer<Credentials>(reply_on, std::move(out), std::unexpected(found.error()));
        }
        verify_and_sign_in(*found, std::move(secret), std::move(device), reply_on, std::move(out));
      });
}

void AccountFlow::verify_and_sign_in(const std::optional<Account>& account,
                                     std::string password,
                                     std::string device_name,
                                     Executor& reply_on,
                                     Reply<Credentials> reply) {
  Secret secret;
  SignIn request{.user = account ? account->user : UserId{},
                 .password_hash = account ? account->password_hash : hasher_->decoy(),
                 .device = DeviceId(new_uuid()),
                 .device_name = std::move(device_name),
                 .token = secret.hash};
  // Shared as in hash_and_register().
  auto waiting = std::make_shared<Reply<Credentials>>(std::move(reply));
  const bool queued = hash_later([this,
                                  &reply_on,
                                  waiting,
                                  made = std::move(request),
                                  known = account.has_value(),
                                  typed = std::move(password),
                                  token = std::move(secret.token)]() mutable {
    // Hashed for nobody as for somebody, so that the time says nothing.
    const bool right = hasher_->verify(typed, made.password_hash);
    if (!right || !known) {
      return answer<Credentials>(
          reply_on, std::move(*waiting), std::unexpected(ChatError::kUnauthenticated));
    }
    const UserId user = made.user;
    chat_.change(
        std::move(made),
        onward_,
        [this, &reply_on, user, out = std::move(*waiting), refresh_token = std::move(token)](
            std::expected<SignedIn, ChatError> signed_in) mutable {
          if (!signed_in) {
            return answer<Credentials>(
                reply_on, std::move(out), std::unexpected(signed_in.error()));
          }
          tell(user, signed_in->ended);
          answer<Credentials>(
              reply_on, std::move(out), credentials(*signed_in, std::move(refresh_token)));
        });
  });
  if (!queued) {
    answer<Credentials>(reply_on, std::move(*waiting), std::unexpected(ChatError::kBusy));
  }
}

void AccountFlow::refresh(std::string refresh_token, Executor& reply_on, Reply<Credentials> reply) {
  const auto presented = hash_device_token(refresh_token);
  if (!presented) {
    return answer<Credentials>(
        reply_on, std::move(reply), std::unexpected(ChatError::kUnauthenticated));
  }
  Secret next;
  chat_.change(
      RefreshSession{.presented = *presented, .next = next.hash},
      onward_,
      [this, &reply_on, out = std::move(reply), token = std::move(next.token)](
          std::expected<Refreshed, ChatError> refreshed) mutable {
        if (refreshed && refreshed->ended) {
          tell(refreshed->ended->user, {refreshed->ended->device});
        }
        if (!refreshed || !refreshed->granted) {
          return answer<Credentials>(
              reply_on,
              std::move(out),
              std::unexpected(refreshed ? ChatError::kUnauthenticated : refreshed.error()));
        }
        answer<Credentials>(
            reply_on, std::move(out), credentials(*refreshed->granted, std::move(token)));
      });
}

void AccountFlow::authenticate(std::string token, Executor& reply_on, Reply<Identity> reply) {
  if (!token.contains('.')) {
    return chat_.authenticate(std::move(token), reply_on, std::move(reply));
  }
  const auto claims = tokens_->verify(token, wall_clock());
  if (!claims) {
    return answer<Identity>(
        reply_on, std::move(reply), std::unexpected(ChatError::kUnauthenticated));
  }
  chat_.ask<CheckedToken>(
      [shown = *claims](Queries& queries) { return queries.check_access(shown); },
      onward_,
      [this, &reply_on, shown = *claims, out = std::move(reply)](
          std::expected<CheckedToken, ChatError> checked) mutable {
        if (!checked) {
          return answer<Identity>(reply_on, std::move(out), std::unexpected(checked.error()));
        }
        if (!checked->is_first_use) {
          return answer<Identity>(reply_on, std::move(out), std::move(checked->identity));
        }
        chat_.change(ConfirmToken{.device = shown.device, .token_number = shown.token_number},
                     reply_on,
                     [identity = std::move(checked->identity),
                      last = std::move(out)](std::expected<void, ChatError> confirmed) mutable {
                       if (!confirmed) {
                         return last(std::unexpected(confirmed.error()));
                       }
                       last(std::move(identity));
                     });
      });
}

void AccountFlow::sign_out(UserId user,
                           std::optional<DeviceId> device,
                           Executor& reply_on,
                           Reply<void> reply) {
  chat_.change(EndDevices{.user = user, .device = device},
               onward_,
               [this, &reply_on, user, out = std::move(reply)](
                   std::expected<std::vector<DeviceId>, ChatError> ended) mutable {
                 if (!ended) {
                   return answer<void>(reply_on, std::move(out), std::unexpected(ended.error()));
                 }
                 tell(user, *ended);
                 answer<void>(reply_on, std::move(out), {});
               });
}

void AccountFlow::list_devices(UserId user,
                               Executor& reply_on,
                               Reply<std::vector<DeviceState>> reply) {
  chat_.ask<std::vector<DeviceState>>(
      [user](Queries& queries) { return queries.devices(user); }, reply_on, std::move(reply));
}

void AccountFlow::find_users(std::string prefix,
                             Executor& reply_on,
                             Reply<std::vector<FoundUser>> reply) {
  chat_.ask<std::vector<FoundUser>>(
      [text = std::move(prefix)](Queries& queries) { return queries.find_users(text); },
      reply_on,
      std::move(reply));
}

}  // namespace

std::unique_ptr<AccountService> start_accounts(ChatService& chat,
                                               std::unique_ptr<PasswordHasher> hasher,
                                               std::unique_ptr<AccessTokens> tokens,
                                               RevocationSink sink) {
  return std::make_unique<AccountFlow>(chat, std::move(hasher), std::move(tokens), std::move(sink));
}

}  // namespace parlance::chat
