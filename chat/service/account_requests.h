// Changes of accounts and devices, as values that can be tried again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chat/domain/account.h"
#include "chat/domain/types.h"
#include "chat/ports/store.h"

namespace parlance::chat {

// A device that is signed in now.
struct SignedIn {
  Identity identity;
  std::int64_t token_number = 0;
  std::vector<DeviceId> ended = {};  // had to go, because there are as many as there may be

  bool operator==(const SignedIn&) const = default;
};

// What a refresh token was good for.
struct Refreshed {
  std::optional<SignedIn> granted = {};
  // The device that it is of was ended: the token had been superseded, so that there are two who
  // have it, or the device was signed in for too long.
  std::optional<Identity> ended = {};

  bool operator==(const Refreshed&) const = default;
};

// Makes the user if there is none, else an account of a guest, who keeps everything. The guest's
// token ends, its device stays. A nil device: signed in nowhere.
struct RegisterAccount {
  using Answer = SignedIn;

  UserId user;
  DeviceId device;
  std::string login;
  std::string password_hash;
  std::string name;  // empty: the guest's, or the login
  std::string device_name;
  TokenHash token{};
  bool admin = false;
};

// The password was right for this hash; where it has changed meanwhile nobody is let in.
struct SignIn {
  using Answer = SignedIn;

  UserId user;
  std::string password_hash;
  DeviceId device;
  std::string device_name;
  TokenHash token{};
};

struct RefreshSession {
  using Answer = Refreshed;

  TokenHash presented{};
  TokenHash next{};
};

// An access token was used for the first time: the refresh token that came with it has arrived.
struct ConfirmToken {
  using Answer = void;

  DeviceId device;
  std::int64_t token_number = 0;
};

// Nothing for the device: all of them. Answered with those that ended.
struct EndDevices {
  using Answer = std::vector<DeviceId>;

  UserId user;
  std::optional<DeviceId> device;
};

void announce(const RegisterAccount& request, Footprint& footprint);
void announce(const SignIn& request, Footprint& footprint);
void announce(const RefreshSession& request, Footprint& footprint);
void announce(const ConfirmToken& request, Footprint& footprint);
void announce(const EndDevices& request, Footprint& footprint);

}  // namespace parlance::chat
