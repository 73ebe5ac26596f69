#include "server/command_line.h"

#include <filesystem>
#include <fstream>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace parlance::server {
namespace {

using testing::HasSubstr;

class CommandLineTest : public testing::Test {
 protected:
  ~CommandLineTest() override { std::filesystem::remove(file_); }

  std::variant<Invocation, Finished> read(const std::vector<std::string>& arguments) {
    return read_command_line(
        arguments,
        [this](const std::string& name) {
          const auto at = variables.find(name);
          return at == variables.end() ? std::nullopt : std::optional(at->second);
        },
        2);
  }

  Invocation good(const std::vector<std::string>& arguments) {
    auto result = read(arguments);
    if (const auto* finished = std::get_if<Finished>(&result)) {
      ADD_FAILURE() << finished->text;
      return {};
    }
    return std::get<Invocation>(std::move(result));
  }

  std::string file(const std::string& text) {
    std::ofstream(file_) << text;
    return file_;
  }

  std::map<std::string, std::string> variables;
  std::string file_ = testing::TempDir() + "command_line_" + std::to_string(::getpid()) + ".toml";
};

TEST_F(CommandLineTest, WithoutACommandItServes) {
  EXPECT_EQ(good({}).command, Command::kServe);
}

TEST_F(CommandLineTest, FlagsWinOverTheEnvironmentAndThatOverTheFile) {
  const std::string path = file("[http]\nport = 1001\n[media]\nport = 2001\nshards = 6\n");
  variables = {{"PARLANCE_HTTP_PORT", "1002"}, {"PARLANCE_MEDIA_PORT", "2002"}};
  const auto c = good({"--config", path, "--http-port", "1003"}).configuration;
  EXPECT_EQ(c.http.port, 1003);
  EXPECT_EQ(c.media.port, 2002);
  EXPECT_EQ(c.media.shards, 6u);
}

TEST_F(CommandLineTest, TheFileMayBeNamedByTheEnvironment) {
  variables = {{"PARLANCE_CONFIG", file("[http]\nport = 1001\n")}};
  EXPECT_EQ(good({}).configuration.http.port, 1001);
}

TEST_F(CommandLineTest, ListsAreGivenSeveralTimesOrWithCommas) {
  const auto c =
      good({"--announce", "192.0.2.1", "--announce", "192.0.2.2:5000,192.0.2.3"}).configuration;
  ASSERT_EQ(c.media.announced.size(), 3u);
  EXPECT_EQ(c.media.announced[1].port, 5000);
}

TEST_F(CommandLineTest, KnowsItsCommands) {
  EXPECT_EQ(good({"workers"}).command, Command::kShowLoad);
  const auto set = good({"--announce", "192.0.2.1", "workers", "3", "--data", "elsewhere"});
  EXPECT_EQ(set.command, Command::kSetWorkers);
  EXPECT_EQ(set.workers, 3u);
  EXPECT_EQ(set.configuration.data.folder, "elsewhere");
  EXPECT_EQ(good({"doctor"}).command, Command::kDoctor);
  const Invocation admin = good({"--data", "elsewhere", "admin", "create", "root"});
  EXPECT_EQ(admin.command, Command::kCreateAdmin);
  EXPECT_EQ(admin.login, "root");
  EXPECT_FALSE(admin.password_from_stdin);
  EXPECT_EQ(admin.configuration.data.folder, "elsewhere");
  EXPECT_TRUE(good({"admin", "create", "root", "--password-stdin"}).password_from_stdin);
  EXPECT_EQ(good({"--check-config"}).command, Command::kCheckConfiguration);
  EXPECT_TRUE(good({"--lan"}).configuration.http.lan);
}

TEST_F(CommandLineTest, WhatIsWrongEndsWithCodeTwoAndSaysSo) {
  const std::string broken = file("[media]\nprot = 1\n");
  for (const auto& [arguments, text] :
       std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--http-prot", "1"}, "--http-prot"},
           {{"--http-port"}, "--http-port"},
           {{"--http-port", "many"}, "--http-port: http.port takes a number"},
           {{"--http-port", "99999"}, "--http-port: http.port takes a number"},
           {{"--config", broken}, "media.prot"},
           {{"--config", broken, "--check-config"}, "line 2"},
           {{"--config", "/nonexistent.toml"}, "/nonexistent.toml"},
           {{"workers", "0"}, "0"},
           {{"dance"}, "dance"}}) {
    const auto result = read(arguments);
    ASSERT_TRUE(std::holds_alternative<Finished>(result)) << text;
    EXPECT_EQ(std::get<Finished>(result).exit_code, 2);
    EXPECT_THAT(std::get<Finished>(result).text, HasSubstr(text));
  }
}

TEST_F(CommandLineTest, HelpAndVersionAreNoFailure) {
  for (const char* flag : {"--help", "--version"}) {
    const auto result = read({flag});
    ASSERT_TRUE(std::holds_alternative<Finished>(result));
    EXPECT_EQ(std::get<Finished>(result).exit_code, 0);
    EXPECT_FALSE(std::get<Finished>(result).text.empty());
  }
}

}  // namespace
}  // namespace parlance::server
