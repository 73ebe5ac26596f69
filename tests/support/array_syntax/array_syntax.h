// Postgres' reading of an array in text form, for tests of what writes one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parlance::test {

using ArrayElements = std::vector<std::optional<std::string>>;

// The elements of a one-dimensional array by the rules of PostgreSQL's manual, "Array Input and
// Output Syntax"; nothing where it is malformed or means something else (an unquoted brace).
inline std::optional<ArrayElements> parse_array(std::string_view text) {
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') {
    return std::nullopt;
  }
  text = text.substr(1, text.size() - 2);
  ArrayElements elements;
  std::size_t at = 0;
  while (at < text.size()) {
    std::string element;
    const bool quoted = text[at] == '"';
    at += quoted ? 1 : 0;
    for (; at < text.size() && text[at] != (quoted ? '"' : ','); ++at) {
      at += text[at] == '\\' ? 1 : 0;
      if (at == text.size() || (!quoted && std::string_view("{}\"\\ ").contains(text[at]))) {
        return std::nullopt;
      }
      element += text[at];
    }
    if (quoted && at++ == text.size()) {
      return std::nullopt;
    }
    elements.push_back(!quoted && element == "NULL" ? std::nullopt : std::optional(element));
    if (at < text.size() && (text[at] != ',' || ++at == text.size())) {
      return std::nullopt;
    }
  }
  return elements;
}

}  // namespace parlance::test
