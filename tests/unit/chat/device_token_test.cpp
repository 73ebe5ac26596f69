#include "chat/adapters/store_threads/device_token.h"

#include <set>

#include <gtest/gtest.h>

namespace parlance::chat {
namespace {

TEST(DeviceToken, IsBase64UrlOf256BitsAndNeverTheSame) {
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) {
    const std::string token = new_device_token();
    EXPECT_EQ(token.size(), 43U);
    EXPECT_EQ(
        token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        std::string::npos);
    tokens.insert(token);
  }
  EXPECT_EQ(tokens.size(), 100U);
}

TEST(DeviceToken, IsStoredAsItsSha256) {
  // printf %s AAAA...A (43 times) | sha256sum
  const auto hash = hash_device_token(std::string(43, 'A'));
  ASSERT_TRUE(hash);
  EXPECT_EQ((*hash)[0], 0x0f);
  EXPECT_EQ((*hash)[31], 0x1a);
}

TEST(DeviceToken, IsNothingElseThan43CharactersOfBase64Url) {
  EXPECT_FALSE(hash_device_token(""));
  EXPECT_FALSE(hash_device_token(std::string(42, 'A')));
  EXPECT_FALSE(hash_device_token(std::string(44, 'A')));
  EXPECT_FALSE(hash_device_token(std::string(42, 'A') + "="));
  EXPECT_FALSE(hash_device_token(std::string(42, 'A') + "+"));
}

TEST(InviteCode, IsBase64UrlOf128Bits) {
  EXPECT_EQ(new_invite_code().size(), 22U);
  EXPECT_NE(new_invite_code(), new_invite_code());
}

}  // namespace
}  // namespace parlance::chat
