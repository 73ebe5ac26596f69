// Arrays in Postgres' text form, to be passed as one parameter and taken apart by unnest().
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/uuid.h"

namespace parlance::chat::postgres {

// One array parameter, written element by element: `{"a","b \"c\"",NULL}` (PostgreSQL's manual,
// "Array Input and Output Syntax"). Every text is quoted, so that none is taken for NULL, a brace
// or a comma.
class ArrayLiteral {
 public:
  void add(std::string_view text);
  void add(std::int64_t number);
  void add(const Uuid& id);

  template <typename Tag>
  void add(const Id<Tag>& id) {
    add(id.uuid());
  }

  void add_null();

  std::size_t size() const { return size_; }

  // The finished literal.
  std::string str() const {
    std::string literal = text_;
    literal += '}';
    return literal;
  }

 private:
  void next() {
    if (size_++ > 0) {
      text_ += ',';
    }
  }

  std::string text_ = "{";
  std::size_t size_ = 0;
};

}  // namespace parlance::chat::postgres
