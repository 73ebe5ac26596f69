#include "server/command_line.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "server/exit_codes.h"

namespace parlance::server {

namespace {

constexpr const char* kDefaultFile = "parlance.toml";
constexpr const char* kVersion = "parlance 0.1.0";

// The flags of the option table, as texts in the order given.
class Flags {
 public:
  void declare(CLI::App& app) {
    for (const Option& option : option_table()) {
      const std::string name(option.flag);
      const std::string help = fmt::format("{} (default: {})", option.meaning, option.fallback);
      auto& texts = texts_[std::string(option.key)];
      if (option.kind == OptionKind::kSwitch) {
        app.add_flag_function(
            name, [&texts](std::int64_t count) { texts.assign(count > 0 ? 1 : 0, "true"); }, help);
      } else {
        auto* flag = app.add_option(name, texts, help);
        // One value each time, so that a command after it is not taken for another.
        flag->allow_extra_args(false);
        flag->type_name(option.kind == OptionKind::kNumber ? "N" : "TEXT");
      }
    }
  }

  SettingsResult settings() const {
    Settings settings;
    for (const Option& option : option_table()) {
      const auto& texts = texts_.at(std::string(option.key));
      if (texts.empty()) {
        continue;
      }
      auto setting = setting_of_texts(option, texts, std::string(option.flag));
      if (!setting) {
        return std::unexpected(setting.error());
      }
      settings.insert_or_assign(std::string(option.key), std::move(*setting));
    }
    return settings;
  }

 private:
  std::map<std::string, std::vector<std::string>> texts_;
};

// The file asked for, the one that is there by default, or none.
SettingsResult file_settings(const std::string& flag, const Environment& environment) {
  if (!flag.empty()) {
    return settings_of_file(flag);
  }
  if (const auto named = environment("PARLANCE_CONFIG")) {
    return settings_of_file(*named);
  }
  std::error_code ignored;
  return std::filesystem::exists(kDefaultFile, ignored) ? settings_of_file(kDefaultFile)
                                                        : SettingsResult(Settings{});
}

std::expected<Configuration, std::string> configure(const std::string& file,
                                                    const Environment& environment,
                                                    const Flags& flags,
                                                    unsigned cores) {
  auto settings = file_settings(file, environment);
  if (!settings) {
    return std::unexpected(settings.error());
  }
  for (auto layer : {settings_of_environment(environment), flags.settings()}) {
    if (!layer) {
      return std::unexpected(layer.error());
    }
    merge(*settings, std::move(*layer));
  }
  return configuration_of(*settings, cores);
}

}  // namespace

std::variant<Invocation, Finished> read_command_line(const std::vector<std::string>& arguments,
                                                     const Environment& environment,
                                                     unsigned cores) {
  CLI::App app("Calls and chat from one server. Without a command it serves.", "parlance");
  app.fallthrough();
  std::string file;
  app.add_option("--config", file, "configuration file (default: parlance.toml, if it is there)")
      ->allow_extra_args(false);
  bool check = false;
  app.add_flag("--check-config", check, "say what is wrong with the configuration, start nothing");
  app.set_version_flag("--version", kVersion);
  Flags flags;
  flags.declare(app);
  std::optional<unsigned> workers;
  auto* workers_command = app.add_subcommand("workers", "load of shards and workers; change N");
  workers_command->add_option("N", workers, "how many workers the running server shall have")
      ->check(CLI::Range(1, 256));
  std::string login;
  bool password_from_stdin = false;
  auto* admin = app.add_subcommand("admin", "accounts of operators");
  admin->require_subcommand(1);
  auto* create_admin = admin->add_subcommand("create", "make one, and print its password");
  create_admin->add_option("LOGIN", login, "the name to sign in with")->required();
  create_admin->add_flag("--password-stdin", password_from_stdin, "read the password instead");
  auto* doctor = app.add_subcommand("doctor", "look for what keeps calls from working");

  try {
    // CLI11 takes the last argument first.
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    const int code = app.exit(error, out, out);
    return Finished{code == 0 ? kExitDone : kExitConfiguration, out.str()};
  }
  auto configuration = configure(file, environment, flags, cores);
  if (!configuration) {
    return Finished{kExitConfiguration, configuration.error() + "\n"};
  }
  Invocation invocation{Command::kServe,
                        workers.value_or(0),
                        std::move(login),
                        password_from_stdin,
                        std::move(*configuration)};
  if (check) {
    invocation.command = Command::kCheckConfiguration;
  } else if (workers_command->parsed()) {
    invocation.command = workers ? Command::kSetWorkers : Command::kShowLoad;
  } else if (doctor->parsed()) {
    invocation.command = Command::kDoctor;
  } else if (create_admin->parsed()) {
    invocation.command = Command::kCreateAdmin;
  }
  return invocation;
}

}  // namespace parlance::server
