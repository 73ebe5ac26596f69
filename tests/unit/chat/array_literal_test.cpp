#include "chat/adapters/postgres/array_literal.h"

#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "tests/support/array_syntax/array_syntax.h"
#include "tests/support/chat/fixtures.h"

namespace parlance::chat::postgres {
namespace {

TEST(ArrayLiteral, IsEmptyBracesWithoutElements) {
  EXPECT_EQ(ArrayLiteral().str(), "{}");
}

TEST(ArrayLiteral, QuotesEveryText) {
  ArrayLiteral literal;
  literal.add("");
  literal.add("NULL");
  literal.add("a,b");
  literal.add("{\"\\}");
  literal.add_null();
  EXPECT_EQ(literal.str(), R"({"","NULL","a,b","{\"\\}",NULL})");
  EXPECT_EQ(literal.size(), 5U);
}

TEST(ArrayLiteral, WritesNumbersAndIds) {
  ArrayLiteral numbers;
  numbers.add(std::numeric_limits<std::int64_t>::min());
  numbers.add(std::int64_t{7});
  EXPECT_EQ(numbers.str(), "{-9223372036854775808,7}");
  ArrayLiteral ids;
  ids.add(test::id_of<UserId>(1));
  EXPECT_EQ(ids.str(), "{" + test::uuid_of(1).str() + "}");
}

TEST(ArrayLiteral, GivesBackAnyTexts) {
  constexpr std::string_view kLetters = "\"\\{},' \n\tNUL$;-\xC3\xA9";
  std::mt19937 random(20'261'121);  // NOLINT(cert-msc51-cpp): the same texts every time
  for (int round = 0; round < 1'000; ++round) {
    parlance::test::ArrayElements elements(random() % 5);
    ArrayLiteral literal;
    for (auto& element : elements) {
      if (random() % 8 == 0) {
        literal.add_null();
        continue;
      }
      element.emplace();
      for (auto length = random() % 12; length > 0; --length) {
        *element += kLetters[random() % kLetters.size()];
      }
      literal.add(*element);
    }
    ASSERT_EQ(parlance::test::parse_array(literal.str()), elements) << literal.str();
  }
}

}  // namespace
}  // namespace parlance::chat::postgres
