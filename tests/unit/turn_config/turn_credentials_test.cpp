#include "turn-config/turn_credentials.h"

#include <gtest/gtest.h>

namespace parlance::turn {
namespace {

using namespace std::chrono_literals;

// Expected values by: printf '%s' USERNAME | openssl dgst -sha1 -hmac SECRET -binary | base64
TEST(TurnCredentials, AreTheHmacOfExpiryAndUser) {
  const auto minted = mint_turn_credentials(
      "north", "01890a5d-ac96-774b-bcce-b302099a8057", 1'700'000'000'000, 3600s);
  EXPECT_EQ(minted.username, "1700003600:01890a5d-ac96-774b-bcce-b302099a8057");
  EXPECT_EQ(minted.credential, "c0zIyVB65RQBrBTd3VrVyHojza8=");
}

TEST(TurnCredentials, HoldForAnEmptyUserAndAShortSecret) {
  const auto minted = mint_turn_credentials("a", "", 0, 1s);
  EXPECT_EQ(minted.username, "1:");
  EXPECT_EQ(minted.credential, "Oj1vVVI8eLIOkBFBbexDstfzmkI=");
}

TEST(TurnCredentials, HoldForAnEmptySecret) {
  EXPECT_EQ(mint_turn_credentials("", "", 0, 60s).credential, "n9DLbZmPVTJp65YL0Z5vQ5hjEnA=");
}

TEST(TurnCredentials, DropTheFractionOfASecond) {
  EXPECT_EQ(mint_turn_credentials("a", "x", 1'999, 0s).username, "1:x");
}

}  // namespace
}  // namespace parlance::turn
