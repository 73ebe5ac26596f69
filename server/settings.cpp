#include "server/settings.h"

#include <charconv>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>
#include <toml++/toml.h>

namespace parlance::server {

namespace {

std::string place(const std::string& file, const toml::node& node) {
  return fmt::format("{}, line {}", file, node.source().begin.line);
}

std::string wrong_kind(const Option& option, const std::string& where) {
  return fmt::format("{}: {} takes {}", where, option.key, expected_value(option));
}

std::expected<std::vector<std::string>, std::string> texts_of(const Option& option,
                                                              const toml::array& array,
                                                              const std::string& where) {
  std::vector<std::string> texts;
  for (const toml::node& element : array) {
    const auto text = element.value_exact<std::string>();
    if (!text) {
      return std::unexpected(wrong_kind(option, where));
    }
    texts.push_back(*text);
  }
  return texts;
}

std::expected<Setting, std::string> setting_of_node(const Option& option,
                                                    const toml::node& node,
                                                    const std::string& where) {
  switch (option.kind) {
    case OptionKind::kText:
      if (const auto text = node.value_exact<std::string>()) {
        return Setting{*text, where};
      }
      break;
    case OptionKind::kNumber:
      if (const auto number = node.value_exact<std::int64_t>()) {
        return Setting{*number, where};
      }
      break;
    case OptionKind::kSwitch:
      if (const auto value = node.value_exact<bool>()) {
        return Setting{*value, where};
      }
      break;
    case OptionKind::kList:
      if (const toml::array* array = node.as_array()) {
        auto texts = texts_of(option, *array, where);
        if (!texts) {
          return std::unexpected(texts.error());
        }
        return Setting{std::move(*texts), where};
      }
      break;
  }
  return std::unexpected(wrong_kind(option, where));
}

std::string unknown(const std::string& key, const std::string& where) {
  const std::string_view near = nearest_key(key);
  return near.empty()
             ? fmt::format(
                   "{}: there is no option {}; docs/configuration.md lists them", where, key)
             : fmt::format("{}: there is no option {}; did you mean {}?", where, key, near);
}

// Walks tables within tables; nothing when all of it is known.
std::optional<std::string> collect(const toml::table& table,
                                   const std::string& prefix,
                                   const std::string& file,
                                   Settings& settings) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    if (const toml::table* inner = node.as_table()) {
      if (const auto error = collect(*inner, key + ".", file, settings)) {
        return error;
      }
      continue;
    }
    const std::string where = place(file, node);
    const Option* option = find_option(key);
    if (option == nullptr) {
      return unknown(key, where);
    }
    auto setting = setting_of_node(*option, node, where);
    if (!setting) {
      return setting.error();
    }
    settings.insert_or_assign(key, std::move(*setting));
  }
  return std::nullopt;
}

std::vector<std::string> split_at_commas(const std::vector<std::string>& texts) {
  std::vector<std::string> parts;
  for (const std::string& text : texts) {
    std::size_t begin = 0;
    while (begin <= text.size()) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      if (end > begin) {
        parts.push_back(text.substr(begin, end - begin));
      }
      begin = end + 1;
    }
  }
  return parts;
}

std::optional<bool> switch_of(std::string_view text) {
  if (text == "true" || text == "1" || text == "yes" || text == "on") {
    return true;
  }
  if (text == "false" || text == "0" || text == "no" || text == "off") {
    return false;
  }
  return std::nullopt;
}

}  // namespace

SettingsResult settings_of_toml(std::string_view text, const std::string& file) {
  Settings settings;
  try {
    const toml::table table = toml::parse(text, file);
    if (auto error = collect(table, "", file, settings)) {
      return std::unexpected(std::move(*error));
    }
  } catch (const toml::parse_error& error) {
    return std::unexpected(fmt::format(
        "{}, line {}: this is not TOML: {}", file, error.source().begin.line, error.description()));
  }
  return settings;
}

SettingsResult settings_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) {
    return std::unexpected(fmt::format("{}: the configuration file can't be read", path));
  }
  return settings_of_toml(text, path);
}

SettingsResult settings_of_environment(
    const std::function<std::optional<std::string>(const std::string&)>& get) {
  Settings settings;
  for (const Option& option : option_table()) {
    const std::string name = environment_name(option);
    const auto text = get(name);
    if (!text) {
      continue;
    }
    auto setting = setting_of_texts(option, {*text}, name);
    if (!setting) {
      return std::unexpected(setting.error());
    }
    settings.insert_or_assign(std::string(option.key), std::move(*setting));
  }
  return settings;
}

std::expected<Setting, std::string> setting_of_texts(const Option& option,
                                                     const std::vector<std::string>& texts,
                                                     const std::string& where) {
  const std::string& text = texts.back();
  switch (option.kind) {
    case OptionKind::kText:
      return Setting{text, where};
    case OptionKind::kList:
      return Setting{split_at_commas(texts), where};
    case OptionKind::kSwitch:
      if (const auto value = switch_of(text)) {
        return Setting{*value, where};
      }
      break;
    case OptionKind::kNumber: {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error == std::errc{} && end == text.data() + text.size()) {
        return Setting{number, where};
      }
      break;
    }
  }
  return std::unexpected(
      fmt::format("{}: {} takes {}, not \"{}\"", where, option.key, expected_value(option), text));
}

void merge(Settings& settings, Settings over) {
  for (auto& [key, setting] : over) {
    settings.insert_or_assign(key, std::move(setting));
  }
}

}  // namespace parlance::server
