// What the operator set, and where: file, environment and flags, before it is understood.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/option_table.h"

namespace parlance::server {

using SettingValue = std::variant<std::string, std::int64_t, bool, std::vector<std::string>>;

struct Setting {
  SettingValue value;
  std::string where;  // "parlance.toml, line 3", "PARLANCE_HTTP_PORT", "--http-port"
};

// By key of the option table.
using Settings = std::map<std::string, Setting, std::less<>>;

// An error is a text for the operator: key, place, and what to change.
using SettingsResult = std::expected<Settings, std::string>;

// TOML text; `file` is for messages.
SettingsResult settings_of_toml(std::string_view text, const std::string& file);

// The file's settings.
SettingsResult settings_of_file(const std::string& path);

// Every PARLANCE_ variable of the table. `get` is getenv or a test's.
SettingsResult settings_of_environment(
    const std::function<std::optional<std::string>(const std::string&)>& get);

// Texts given for an option by a flag or a variable, one for each time it was given.
std::expected<Setting, std::string> setting_of_texts(const Option& option,
                                                     const std::vector<std::string>& texts,
                                                     const std::string& where);

// `over` wins.
void merge(Settings& settings, Settings over);

}  // namespace parlance::server
