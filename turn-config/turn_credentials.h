// Time-limited TURN credentials, as coturn's use-auth-secret checks them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/time.h"

namespace parlance::turn {

struct TurnCredentials {
  std::string username;    // "EXPIRY:USER", the expiry in seconds since the Unix epoch
  std::string credential;  // base64 of HMAC-SHA1(secret, username)
};

// draft-uberti-behave-turn-rest-00, section 2.2. The secret is coturn's static-auth-secret; whoever
// has the answer may use the relay until `now` + `lifetime`. `user` only serves the relay's log.
TurnCredentials mint_turn_credentials(std::string_view secret,
                                      std::string_view user,
                                      UnixMillis now,
                                      std::chrono::seconds lifetime);

}  // namespace parlance::turn
