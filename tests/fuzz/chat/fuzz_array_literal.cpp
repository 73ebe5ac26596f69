// Any texts, cut at zero bytes, come back from an array literal as they were.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include "chat/adapters/postgres/array_literal.h"
#include "tests/support/array_syntax/array_syntax.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  parlance::test::ArrayElements elements;
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    if (data[i] != 0) {
      text += static_cast<char>(data[i]);
    } else {
      elements.emplace_back(std::exchange(text, {}));
    }
  }
  elements.emplace_back(text);
  parlance::chat::postgres::ArrayLiteral literal;
  for (const auto& element : elements) {
    literal.add(*element);
  }
  if (parlance::test::parse_array(literal.str()) != elements) {
    std::abort();
  }
  return 0;
}
