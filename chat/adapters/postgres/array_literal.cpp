#include "chat/adapters/postgres/array_literal.h"

namespace parlance::chat::postgres {

void ArrayLiteral::add(std::string_view text) {
  next();
  text_.reserve(text_.size() + text.size() + 2);
  text_ += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      text_ += '\\';
    }
    text_ += c;
  }
  text_ += '"';
}

void ArrayLiteral::add(std::int64_t number) {
  next();
  text_ += std::to_string(number);
}

void ArrayLiteral::add(const Uuid& id) {
  next();
  text_ += id.str();
}

void ArrayLiteral::add_null() {
  next();
  text_ += "NULL";
}

}  // namespace parlance::chat::postgres
