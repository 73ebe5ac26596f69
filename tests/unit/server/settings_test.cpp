#include "server/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parlance::server {
namespace {

using testing::HasSubstr;

TEST(Settings, OfAFileKnowTheirLine) {
  const auto settings = settings_of_toml(
      "[http]\nport = 9000\norigins = [\"https://a.example\"]\n\n[log]\njson = true\n", "x.toml");
  ASSERT_TRUE(settings);
  EXPECT_EQ(std::get<std::int64_t>(settings->at("http.port").value), 9000);
  EXPECT_EQ(settings->at("http.port").where, "x.toml, line 2");
  EXPECT_EQ(std::get<std::vector<std::string>>(settings->at("http.origins").value),
            std::vector<std::string>{"https://a.example"});
  EXPECT_EQ(std::get<bool>(settings->at("log.json").value), true);
}

TEST(Settings, AnUnknownKeyIsNamedWithItsLineAndTheNearestOne) {
  const auto settings = settings_of_toml("\n[media]\nprot = 5000\n", "x.toml");
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error(),
            "x.toml, line 3: there is no option media.prot; did you mean media.port?");
}

TEST(Settings, AKeyOfAnUnknownTableIsUnknown) {
  const auto settings = settings_of_toml("[kitchen.sink]\ntap = 1\n", "x.toml");
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error(), HasSubstr("kitchen.sink.tap"));
}

TEST(Settings, AValueOfTheWrongKindIsNamedWithWhatIsWanted) {
  for (const auto& [text, wanted] :
       {std::pair{"[media]\nport = \"many\"\n",
                  "x.toml, line 2: media.port takes a number from 0 to 65535"},
        std::pair{"[media]\nport = 1.5\n",
                  "x.toml, line 2: media.port takes a number from 0 to 65535"},
        std::pair{"[log]\njson = \"yes\"\n", "x.toml, line 2: log.json takes true or false"},
        std::pair{"[turn]\nurls = \"turn:x\"\n", "x.toml, line 2: turn.urls takes a list of texts"},
        std::pair{"[turn]\nurls = [1]\n", "x.toml, line 2: turn.urls takes a list of texts"},
        std::pair{"[data]\nfolder = 3\n", "x.toml, line 2: data.folder takes a text"}}) {
    const auto settings = settings_of_toml(text, "x.toml");
    ASSERT_FALSE(settings) << text;
    EXPECT_EQ(settings.error(), wanted);
  }
}

TEST(Settings, WhatIsNotTomlIsNamedWithItsLine) {
  const auto settings = settings_of_toml("[media\nport = 1", "broken.toml");
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error(), HasSubstr("broken.toml, line 1"));
}

TEST(Settings, AFileThatIsNotThereIsNamed) {
  const auto settings = settings_of_file("/nonexistent/parlance.toml");
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error(), HasSubstr("/nonexistent/parlance.toml"));
}

TEST(Settings, ComeFromTheEnvironment) {
  const auto settings = settings_of_environment([](const std::string& name) {
    const std::map<std::string, std::string> variables = {{"PARLANCE_MEDIA_WORKERS", "3"},
                                                          {"PARLANCE_TURN_URLS", "turn:a,turn:b"},
                                                          {"PARLANCE_LOG_JSON", "1"}};
    const auto at = variables.find(name);
    return at == variables.end() ? std::nullopt : std::optional(at->second);
  });
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->size(), 3u);
  EXPECT_EQ(std::get<std::int64_t>(settings->at("media.workers").value), 3);
  EXPECT_EQ(std::get<std::vector<std::string>>(settings->at("turn.urls").value).size(), 2u);
  EXPECT_EQ(std::get<bool>(settings->at("log.json").value), true);
}

TEST(Settings, ATextThatIsNoNumberIsNamedWithItsVariable) {
  for (const char* text : {"many", "", "3x", "99999999999999999999"}) {
    const auto setting =
        setting_of_texts(*find_option("media.workers"), {text}, "PARLANCE_MEDIA_WORKERS");
    ASSERT_FALSE(setting) << text;
    EXPECT_THAT(setting.error(), HasSubstr("PARLANCE_MEDIA_WORKERS: media.workers takes a number"));
  }
}

TEST(Settings, TheLaterLayerWins) {
  Settings below;
  below["http.port"] = {std::int64_t{1}, "file"};
  below["log.level"] = {std::string("warn"), "file"};
  Settings above;
  above["http.port"] = {std::int64_t{2}, "--http-port"};
  merge(below, above);
  EXPECT_EQ(std::get<std::int64_t>(below.at("http.port").value), 2);
  EXPECT_EQ(below.at("http.port").where, "--http-port");
  EXPECT_EQ(below.size(), 2u);
}

}  // namespace
}  // namespace parlance::server
