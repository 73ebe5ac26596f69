// Whatever a person may type: what the rules let through is held to what they promise, by other
// means than theirs.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "chat/domain/text_rules.h"
#include "chat/domain/types.h"
#include "signaling/protocol/envelope.h"

namespace {

using namespace parlance::chat;

using Rule = std::optional<std::string> (*)(std::string_view);

bool holds(std::string_view text, std::string_view piece) {
  return text.find(piece) != std::string_view::npos;
}

bool holds_control(std::string_view text) {
  for (unsigned char c = 0x80; c < 0xA0; ++c) {  // C1 in UTF-8
    const char bytes[] = {'\xC2', static_cast<char>(c)};
    if (holds(text, {bytes, sizeof bytes})) {
      return true;
    }
  }
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
  });
}

void check_rule(Rule rule, std::size_t limit, std::string_view text) {
  const std::optional<std::string> clean = rule(text);
  if (!clean) {
    return;
  }
  CHECK(!clean->empty() && clean->size() <= limit);
  CHECK(parlance::signaling::is_utf8(text));
  CHECK(holds(text, *clean));
  CHECK(!holds_control(*clean));
  CHECK(rule(*clean) == clean);  // what is stored would be taken again, unchanged
}

void check_one_line(const std::optional<std::string>& clean) {
  if (!clean) {
    return;
  }
  CHECK(clean->front() != ' ' && clean->back() != ' ');
  for (const char* mark :
       {"\n", "\t", "\u2028", "\u2029", "\u202A", "\u202E", "\u2066", "\u2069"}) {
    CHECK(!holds(*clean, mark));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  check_rule(clean_name, kMaxNameBytes, text);
  check_rule(clean_title, kMaxTitleBytes, text);
  check_rule(clean_body, kMaxBodyBytes, text);
  check_one_line(clean_name(text));
  check_one_line(clean_title(text));
  if (const auto body = clean_body(text)) {
    CHECK(*body == text);
  }
  // What fits into a name without being cut fits everywhere.
  if (clean_name(text) == text) {
    CHECK(clean_title(text) == text);
    CHECK(clean_body(text) == text);
  }
  return 0;
}
