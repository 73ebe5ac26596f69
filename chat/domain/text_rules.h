// What people may write: the one place where text from outside is looked at.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace parlance::chat {

// Each returns the text to store, or nothing where it breaks a rule: it has to be UTF-8 (RFC 3629,
// so no surrogates, nothing overlong) without control characters, within its limit of types.h, and
// not blank.

// Names and titles are one line: white space at both ends is cut off; line separators and the marks
// that reorder text (Unicode's explicit bidirectional formatting), by which one person can pose as
// another, are refused.
std::optional<std::string> clean_name(std::string_view text);
std::optional<std::string> clean_title(std::string_view text);

// Bodies are kept as written; newline and tab are allowed.
std::optional<std::string> clean_body(std::string_view text);

// Code points of any text; nothing where it isn't UTF-8.
std::optional<std::size_t> count_characters(std::string_view text);

}  // namespace parlance::chat
