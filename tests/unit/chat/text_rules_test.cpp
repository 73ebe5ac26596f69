#include "chat/domain/text_rules.h"

#include <string>

#include <gtest/gtest.h>

#include "chat/domain/types.h"

namespace parlance::chat {
namespace {

TEST(TextRules, KeepBodiesAsWritten) {
  EXPECT_EQ(clean_body("  hello\n\tworld "), "  hello\n\tworld ");
  EXPECT_EQ(clean_body("\u00fc \u20ac \U0001F600"), "\u00fc \u20ac \U0001F600");
}

TEST(TextRules, CutWhiteSpaceOffNamesAndTitles) {
  EXPECT_EQ(clean_name(" \t Ada Lovelace\u3000\n"), "Ada Lovelace");
  EXPECT_EQ(clean_title("\u00a0Tea "), "Tea");
}

TEST(TextRules, RefuseWhatIsBlank) {
  for (const char* text :
       {"", " ", "\n\t ", "\u00a0\u3000", "\u200b\u2060", "\ufeff \u00ad", "\u2800"}) {
    EXPECT_FALSE(clean_body(text)) << text;
    EXPECT_FALSE(clean_name(text)) << text;
  }
}

TEST(TextRules, RefuseControlCharacters) {
  for (const char* text : {"a\x01z", "a\x7fz", "a\rz", "a\x1bz", "a\u0085z", "a\u009fz"}) {
    EXPECT_FALSE(clean_body(text)) << text;
    EXPECT_FALSE(clean_name(text)) << text;
  }
  EXPECT_FALSE(clean_body(std::string_view("a\0z", 3)));
}

TEST(TextRules, KeepNamesOnOneLineAndInOneDirection) {
  for (const char* text : {"a\nz", "a\tz", "a\u2028z", "a\u202ez", "a\u2066z"}) {
    EXPECT_FALSE(clean_name(text)) << text;
    EXPECT_FALSE(clean_title(text)) << text;
  }
  EXPECT_TRUE(clean_body("a\u2028z"));
}

TEST(TextRules, RefuseWhatIsNotUtf8) {
  const std::string not_utf8[] = {
      "a\x80z",              // continuation without a start
      "a\xc3",               // cut off
      "a\xe2\x82",           // cut off
      "a\xf0\x9f\x98",       // cut off
      "a\xc3z",              // no continuation
      "a\xc0\xafz",          // overlong
      "a\xe0\x80\xafz",      // overlong
      "a\xf0\x80\x80\xafz",  // overlong
      "a\xed\xa0\x80z",      // surrogate
      "a\xf4\x90\x80\x80z",  // above U+10FFFF
      "a\xff\xfez",          // never in UTF-8
  };
  for (const std::string& text : not_utf8) {
    EXPECT_FALSE(clean_body(text)) << testing::PrintToString(text);
    EXPECT_FALSE(clean_name(text)) << testing::PrintToString(text);
  }
}

TEST(TextRules, CountBytesAfterCutting) {
  EXPECT_TRUE(clean_name(std::string(kMaxNameBytes, 'a') + "  "));
  EXPECT_FALSE(clean_name(std::string(kMaxNameBytes + 1, 'a')));
  EXPECT_TRUE(clean_title(std::string(kMaxTitleBytes, 'a')));
  EXPECT_FALSE(clean_title(std::string(kMaxTitleBytes + 1, 'a')));
  EXPECT_TRUE(clean_body(std::string(kMaxBodyBytes, 'a')));
  EXPECT_FALSE(clean_body(std::string(kMaxBodyBytes, 'a') + " "));
}

}  // namespace
}  // namespace parlance::chat
