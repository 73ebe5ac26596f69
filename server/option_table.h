// Every option of the server, once: files, environment, flags and documents are made from this
// table.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace parlance::server {

enum class OptionKind : std::uint8_t { kText, kNumber, kSwitch, kList };

// One row of docs/configuration.md.
struct Option {
  std::string_view key;   // in the file: "media.port" is `port` in the table [media]
  std::string_view flag;  // "--media-port"
  OptionKind kind = OptionKind::kText;
  std::string_view fallback;  // the default, as people read it
  std::string_view meaning;
  std::int64_t least = 0;  // of numbers
  std::int64_t most = 0;
};

std::span<const Option> option_table();

// Null when there is no such option.
const Option* find_option(std::string_view key);

// "PARLANCE_MEDIA_PORT" of media.port.
std::string environment_name(const Option& option);

// The key of the table that is spelled most like this one, or nothing if none is near.
std::string_view nearest_key(std::string_view key);

// "a number from 1 to 64" and so on: what the option takes.
std::string expected_value(const Option& option);

// The tables of docs/configuration.md and of the README, in Markdown.
std::string configuration_document();
std::string readme_table();

}  // namespace parlance::server
