#include "chat/domain/text_rules.h"

#include <cstddef>
#include <cstdint>

#include "chat/domain/types.h"

namespace parlance::chat {

namespace {

constexpr char32_t kMaxCodePoint = 0x10FFFF;

struct Decoded {
  char32_t code_point = 0;
  std::size_t bytes = 0;
};

constexpr std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

// RFC 3629 section 4: the first byte says how many follow; the smallest value of each length rules
// out overlong forms.
std::optional<Decoded> decode_first(std::string_view text) {
  const std::uint8_t first = byte_at(text, 0);
  if (first < 0x80) {
    return Decoded{.code_point = first, .bytes = 1};
  }
  Decoded decoded;
  char32_t smallest = 0;
  if ((first & 0xE0U) == 0xC0) {
    decoded = {.code_point = first & 0x1FU, .bytes = 2};
    smallest = 0x80;
  } else if ((first & 0xF0U) == 0xE0) {
    decoded = {.code_point = first & 0x0FU, .bytes = 3};
    smallest = 0x800;
  } else if ((first & 0xF8U) == 0xF0) {
    decoded = {.code_point = first & 0x07U, .bytes = 4};
    smallest = 0x10000;
  } else {
    return std::nullopt;
  }
  if (text.size() < decoded.bytes) {
    return std::nullopt;
  }
  for (std::size_t i = 1; i < decoded.bytes; ++i) {
    if ((byte_at(text, i) & 0xC0U) != 0x80) {
      return std::nullopt;
    }
    decoded.code_point = decoded.code_point << 6U | (byte_at(text, i) & 0x3FU);
  }
  const bool surrogate = decoded.code_point >= 0xD800 && decoded.code_point <= 0xDFFF;
  if (decoded.code_point < smallest || decoded.code_point > kMaxCodePoint || surrogate) {
    return std::nullopt;
  }
  return decoded;
}

constexpr bool between(char32_t low, char32_t c, char32_t high) {
  return c >= low && c <= high;
}

// General category Cc: C0, DEL and C1.
constexpr bool is_control(char32_t c) {
  return c < 0x20 || between(0x7F, c, 0x9F);
}

// Unicode property White_Space.
constexpr bool is_space(char32_t c) {
  return between(0x09, c, 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         between(0x2000, c, 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

// Draws nothing although it is no white space: soft hyphen, zero-width marks, Hangul and Braille
// fillers.
constexpr bool is_invisible(char32_t c) {
  return c == 0xAD || between(0x200B, c, 0x200F) || between(0x2060, c, 0x2064) || c == 0xFEFF ||
         c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0 || c == 0x2800;
}

constexpr bool is_line_separator(char32_t c) {
  return c == 0x2028 || c == 0x2029;
}

// UAX #9: the explicit embeddings, overrides and isolates.
constexpr bool is_bidi_control(char32_t c) {
  return between(0x202A, c, 0x202E) || between(0x2066, c, 0x2069);
}

struct Rules {
  std::size_t max_bytes = 0;
  bool one_line = false;
};

constexpr bool is_allowed(char32_t c, const Rules& rules) {
  if (rules.one_line) {
    return !is_control(c) && !is_line_separator(c) && !is_bidi_control(c);
  }
  return !is_control(c) || c == '\n' || c == '\t';
}

// Where a text without the white space around it begins and ends; both zero where there is nothing
// to see.
struct Ink {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Nothing where the text isn't UTF-8.
std::optional<Ink> find_ink(std::string_view text) {
  Ink ink;
  bool visible = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto decoded = decode_first(text.substr(at));
    if (!decoded) {
      return std::nullopt;
    }
    const std::size_t next = at + decoded->bytes;
    if (!is_space(decoded->code_point)) {
      ink = {.begin = ink.end == 0 ? at : ink.begin, .end = next};
      visible = visible || !is_invisible(decoded->code_point);
    }
    at = next;
  }
  return visible ? ink : Ink{};
}

bool all_allowed(std::string_view text, const Rules& rules) {
  for (std::size_t at = 0; at < text.size();) {
    const auto decoded = decode_first(text.substr(at));
    if (!decoded || !is_allowed(decoded->code_point, rules)) {
      return false;
    }
    at += decoded->bytes;
  }
  return true;
}

std::optional<std::string> clean(std::string_view text, const Rules& rules) {
  const auto ink = find_ink(text);
  if (!ink || ink->end == 0) {
    return std::nullopt;
  }
  if (rules.one_line) {
    text = text.substr(ink->begin, ink->end - ink->begin);
  }
  if (text.size() > rules.max_bytes || !all_allowed(text, rules)) {
    return std::nullopt;
  }
  return std::string(text);
}

}  // namespace

std::optional<std::string> clean_name(std::string_view text) {
  return clean(text, {.max_bytes = kMaxNameBytes, .one_line = true});
}

std::optional<std::string> clean_title(std::string_view text) {
  return clean(text, {.max_bytes = kMaxTitleBytes, .one_line = true});
}

std::optional<std::string> clean_body(std::string_view text) {
  return clean(text, {.max_bytes = kMaxBodyBytes, .one_line = false});
}

std::optional<std::size_t> count_characters(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const auto decoded = decode_first(text);
    if (!decoded) {
      return std::nullopt;
    }
    text.remove_prefix(decoded->bytes);
    ++count;
  }
  return count;
}

}  // namespace parlance::chat
