// Signing up, in and out, as the signaling threads ask for it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/executor.h"
#include "chat/domain/account.h"
#include "chat/service/answers.h"

namespace parlance::chat {

// What a device needs from signing in or refreshing on; both tokens are shown once.
struct Credentials {
  Identity identity;
  std::string access_token;
  std::string refresh_token;
};

struct NewAccount {
  std::string login;
  std::string password;
  std::string name = {};               // empty: the guest's, or the login
  std::string device_name = {};        // empty: none
  std::optional<Identity> guest = {};  // who becomes the account, and keeps everything
};

// Devices that are signed in no more: their sessions have to end. Told on a store thread, after the
// commit and before the answer.
using RevocationSink = std::function<void(UserId, const std::vector<DeviceId>&)>;

// One per process, with the promises of ChatService. Hashing a password takes a while and waits for
// its turn elsewhere; where too many wait, the answer is kBusy at once. Whether there is an account
// of a name shows neither in the error nor in how much is hashed. Stops before the messenger.
class AccountService {
 public:
  virtual ~AccountService() = default;

  // kWeakPassword, kConflict where the login is taken or the guest has an account already.
  virtual void create_account(NewAccount account, Executor& reply_on, Reply<Credentials> reply) = 0;
  // The same without signing in, for the operator.
  virtual void create_admin(std::string login,
                            std::string password,
                            Executor& reply_on,
                            Reply<User> reply) = 0;
  // kUnauthenticated where name or password is wrong.
  virtual void sign_in(std::string login,
                       std::string password,
                       std::string device_name,
                       Executor& reply_on,
                       Reply<Credentials> reply) = 0;
  // A token may be used again until what it was answered with was used; after that its use ends the
  // device.
  virtual void refresh(std::string refresh_token, Executor& reply_on, Reply<Credentials> reply) = 0;
  // Whoever holds a guest's token or an access token.
  virtual void authenticate(std::string token, Executor& reply_on, Reply<Identity> reply) = 0;
  // Nothing for the device: all of the user. A guest who signs out is gone for good.
  virtual void sign_out(UserId user,
                        std::optional<DeviceId> device,
                        Executor& reply_on,
                        Reply<void> reply) = 0;
  // The most recently used first.
  virtual void list_devices(UserId user,
                            Executor& reply_on,
                            Reply<std::vector<DeviceState>> reply) = 0;
  virtual void find_users(std::string prefix,
                          Executor& reply_on,
                          Reply<std::vector<FoundUser>> reply) = 0;
  // For /.well-known/jwks.json.
  virtual std::string key_set() const = 0;

  // Answers what is queued and ends the hashing thread. Blocks; before ChatService::stop().
  virtual void stop() = 0;
};

}  // namespace parlance::chat
