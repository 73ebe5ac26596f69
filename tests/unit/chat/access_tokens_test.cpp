// The adapters that touch a library each: tokens and password hashes.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "chat/adapters/argon2/argon2_hasher.h"
#include "chat/adapters/jwt/jwt_tokens.h"
#include "tests/support/chat/fixtures.h"

namespace parlance::chat {
namespace {

constexpr UnixMillis kNow = 1'800'000'000'000;

AccessClaims claims(UnixMillis expires_at = kNow + 600'000) {
  return {.user = test::id_of<UserId>(1),
          .device = test::id_of<DeviceId>(2),
          .token_number = 7,
          .expires_at = expires_at};
}

TEST(AccessTokens, SayWhatWasSigned) {
  const auto tokens = make_jwt_tokens();
  EXPECT_EQ(tokens->verify(tokens->sign(claims(), kNow), kNow), claims());
}

TEST(AccessTokens, EndOnTime) {
  const auto tokens = make_jwt_tokens();
  const std::string token = tokens->sign(claims(), kNow);
  EXPECT_TRUE(tokens->verify(token, kNow + 599'999));
  EXPECT_FALSE(tokens->verify(token, kNow + 600'000));
}

TEST(AccessTokens, OfAChangedByteAreRefused) {
  const auto tokens = make_jwt_tokens();
  const std::string token = tokens->sign(claims(), kNow);
  // The last character's low bits belong to no byte.
  for (std::size_t i = 0; i + 1 < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(tokens->verify(changed, kNow)) << i;
  }
}

TEST(AccessTokens, AreVerifiedWithEveryKeyOfTheFolderAndSignedWithTheLast) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "keys";
  const auto before = open_jwt_tokens(path).value();
  const std::string token = before->sign(claims(), kNow);
  EXPECT_EQ(open_jwt_tokens(path).value()->verify(token, kNow), claims()) << "after a restart";
  const test::TemporaryFolder other;
  ASSERT_TRUE(open_jwt_tokens(other.path()));
  for (const auto& file : std::filesystem::directory_iterator(other.path())) {
    std::filesystem::copy_file(file.path(), path / "key-99999999999.pem");
  }
  const auto after = open_jwt_tokens(path).value();
  EXPECT_EQ(after->verify(token, kNow), claims());
  EXPECT_FALSE(before->verify(after->sign(claims(), kNow), kNow)) << "the new key signs";
  EXPECT_EQ(nlohmann::json::parse(after->key_set())["keys"].size(), 2U);
}

TEST(AccessTokens, HaveKeysThatTheirOwnerAloneReads) {
  const test::TemporaryFolder folder;
  ASSERT_TRUE(open_jwt_tokens(folder.path()));
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
    EXPECT_EQ(file.status().permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
}

TEST(AccessTokens, AreNotSignedWithWhatIsNoKey) {
  const test::TemporaryFolder folder;
  std::ofstream(folder.file("key-1.pem")) << "no key";
  EXPECT_FALSE(open_jwt_tokens(folder.path()));
}

TEST(PasswordHashes, SayHowTheyWereMade) {
  const auto hasher = make_argon2_hasher();
  const auto hash = hasher->hash("correct horse");
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << *hash;
  EXPECT_NE(hash, hasher->hash("correct horse")) << "each has a salt of its own";
  EXPECT_TRUE(hasher->verify("correct horse", *hash));
  EXPECT_FALSE(hasher->verify("correct hors", *hash));
  EXPECT_FALSE(hasher->verify("correct horse", ""));
  EXPECT_FALSE(hasher->verify("correct horse", "$argon2id$nonsense"));
  EXPECT_TRUE(hasher->decoy().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  EXPECT_FALSE(hasher->verify("", hasher->decoy()));
}

}  // namespace
}  // namespace parlance::chat
