#include "chat/domain/account.h"

#include <string>

#include <gtest/gtest.h>

#include "chat/domain/text_rules.h"

namespace parlance::chat {
namespace {

TEST(Login, IsTakenInLowerCase) {
  EXPECT_EQ(clean_login("Ada.L-1_x"), "ada.l-1_x");
  EXPECT_EQ(clean_login("007"), "007");
}

TEST(Login, HasALengthAndAnAlphabet) {
  EXPECT_FALSE(clean_login("ab"));
  EXPECT_TRUE(clean_login("abc"));
  EXPECT_TRUE(clean_login(std::string(32, 'a')));
  EXPECT_FALSE(clean_login(std::string(33, 'a')));
  for (const char* bad : {"",
                          ".ada",
                          "-ada",
                          "_ada",
                          "ada lovelace",
                          "ada@x",
                          "ad\xC3\xA4",
                          "ada/x",
                          "ada'--",
                          "ada%",
                          "ada\n"}) {
    EXPECT_FALSE(clean_login(bad)) << bad;
  }
}

TEST(Password, IsJudgedByItsLengthInCharactersAlone) {
  EXPECT_FALSE(is_good_password("Tr0ub4d", "ada"));
  EXPECT_TRUE(is_good_password("Tr0ub4do", "ada"));
  EXPECT_TRUE(is_good_password("kkkkkkkkkkk", "ada")) << "no rules about composition";
  EXPECT_TRUE(is_good_password("с лёгким", "ada"));
  EXPECT_FALSE(is_good_password("лёгким", "ada")) << "12 bytes, 6 characters";
  EXPECT_TRUE(is_good_password(std::string(256, 'x'), "ada"));
  EXPECT_FALSE(is_good_password(std::string(257, 'x'), "ada"));
}

TEST(Password, IsNotOneThatEverybodyTries) {
  for (const char* common : {"password", "PassWord1", "12345678", "qwertyuiop", "zzzzzzzz"}) {
    EXPECT_FALSE(is_good_password(common, "ada")) << common;
  }
  EXPECT_FALSE(is_good_password("Lovelace", "lovelace"));
  EXPECT_TRUE(is_good_password("Lovelace", "ada"));
}

TEST(Password, IsUtf8) {
  EXPECT_FALSE(is_good_password("\xFF\xFE\xFF\xFE\xFF\xFE\xFF\xFE", "ada"));
}

TEST(Text, IsCountedInCharacters) {
  EXPECT_EQ(count_characters(""), 0U);
  EXPECT_EQ(count_characters("a\xC3\xA4\xF0\x9F\x98\x80"), 3U);
  EXPECT_FALSE(count_characters("a\xC3"));
}

}  // namespace
}  // namespace parlance::chat
