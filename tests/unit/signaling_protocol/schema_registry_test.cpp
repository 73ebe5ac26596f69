#include "signaling/protocol/schema_registry.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "signaling/protocol/envelope.h"

namespace parlance::signaling {
namespace {

using Json = nlohmann::json;

class Schemas : public testing::Test {
 protected:
  std::vector<Violation> check(std::string_view name, const Json& value) {
    return checker_.check(name, value);
  }

  SchemaRegistry registry_ = SchemaRegistry::load(embedded_schemas()).value();
  SchemaChecker checker_{registry_};
};

const Json kSend = {{"c", "0191c1a6-7b5d-7c61-9b5e-0123456789ab"},
                    {"cmid", "0191c1a6-7b5d-7c61-9b5e-0123456789ac"},
                    {"body", "hello"}};

TEST_F(Schemas, TakeWhatIsRight) {
  EXPECT_TRUE(check("message.send.request", kSend).empty());
}

TEST_F(Schemas, PointAtTheFieldThatIsWrong) {
  Json value = kSend;
  value["cmid"] = "not an id";
  const auto violations = check("message.send.request", value);
  ASSERT_FALSE(violations.empty());
  EXPECT_EQ(violations[0].pointer, "/cmid");
  EXPECT_FALSE(violations[0].detail.empty());
}

TEST_F(Schemas, PointIntoArraysAndThroughOtherFiles) {
  const Json value = {{"cursors", {{{"c", kSend["c"]}, {"r", 1}}, {{"c", kSend["c"]}, {"r", -1}}}}};
  const auto violations = check("sync.request", value);
  ASSERT_FALSE(violations.empty());
  EXPECT_EQ(violations[0].pointer, "/cursors/1/r");
}

TEST_F(Schemas, RefuseMissingAndUnknownFieldsAndWrongTypes) {
  Json missing = kSend;
  missing.erase("body");
  EXPECT_FALSE(check("message.send.request", missing).empty());
  Json unknown = kSend;
  unknown["extra"] = 1;
  EXPECT_FALSE(check("message.send.request", unknown).empty());
  Json typed = kSend;
  typed["body"] = 5;
  EXPECT_FALSE(check("message.send.request", typed).empty());
  EXPECT_FALSE(check("call.lock.request", {{"c", kSend["c"]}, {"locked", "true"}}).empty());
}

TEST_F(Schemas, TakeAnyTextOfAFramesLength) {
  Json value = kSend;
  value["c"] = std::string(kMaxClientFrameBytes, 'a');
  EXPECT_FALSE(check("message.send.request", value).empty());
}

TEST_F(Schemas, ReportAFewFaultsOnly) {
  Json cursors = Json::array();
  for (int i = 0; i < 50; ++i) {
    cursors.push_back({{"c", "x"}, {"r", "y"}});
  }
  EXPECT_EQ(check("sync.request", {{"cursors", cursors}}).size(), SchemaChecker::kMaxViolations);
}

TEST_F(Schemas, RepeatNoTextOfTheClientAtLength) {
  const std::string key(60'000, 'k');
  Json codec = {{"mimeType", "video/VP8"},
                {"payloadType", 96},
                {"clockRate", 90000},
                {"parameters", {{key, 1}, {"apt", Json::object()}}}};
  codec[key + "/" + key] = Json::object();
  std::size_t bytes = 0;
  for (const Violation& violation : check("RtpCodecParameters", codec)) {
    EXPECT_TRUE(violation.pointer.empty() || violation.pointer.starts_with('/'));
    bytes += violation.pointer.size() + violation.detail.size();
  }
  EXPECT_GT(bytes, 0U);
  EXPECT_LT(bytes, 20'000U);
}

TEST_F(Schemas, SurviveNumbersOfAnySize) {
  Json value = {{"session_id", "a"}, {"s", 18'446'744'073'709'551'615ULL}};
  EXPECT_FALSE(check("session.resume.request", value).empty());
  value["s"] = 1e300;
  EXPECT_FALSE(check("session.resume.request", value).empty());
}

TEST_F(Schemas, HoldTheNamesOfCodecParametersToTheirPattern) {
  const auto codec = [](const std::string& name) {
    return Json{{"mimeType", "video/rtx"},
                {"payloadType", 97},
                {"clockRate", 90000},
                {"parameters", {{name, 96}}}};
  };
  EXPECT_TRUE(check("RtpCodecParameters", codec("apt")).empty());
  EXPECT_TRUE(check("RtpCodecParameters", codec("x-google-start-bitrate")).empty());
  EXPECT_FALSE(check("RtpCodecParameters", codec("apt=1\r\na")).empty());
  EXPECT_FALSE(check("RtpCodecParameters", codec("")).empty());
}

TEST_F(Schemas, AnUnknownNameTakesNothing) {
  EXPECT_FALSE(registry_.has("no.such.request"));
  EXPECT_FALSE(check("no.such.request", Json::object()).empty());
}

std::string load_error(std::string_view text) {
  const std::array<SchemaFile, 1> files{{{"a.json", text}}};
  const auto registry = SchemaRegistry::load(files);
  return registry ? "" : registry.error();
}

TEST(SchemaRegistry, SaysWhichFileIsBroken) {
  EXPECT_NE(load_error("{").find("a.json"), std::string::npos);
  EXPECT_NE(load_error(R"({"$defs":{"x":{"$ref":"#/$defs/y"}}})").find("leads nowhere"),
            std::string::npos);
  EXPECT_NE(load_error(R"({"$defs":{"x":{"pattern":"["}}})").find("a.json"), std::string::npos);
}

TEST(SchemaRegistry, RefusesPatternsThatRecurseWithTheText) {
  EXPECT_NE(load_error(R"({"$defs":{"x":{"pattern":"^a*$"}}})"), "");
  EXPECT_NE(load_error(R"({"$defs":{"x":{"pattern":"(ab)+"}}})"), "");
  EXPECT_NE(load_error(R"({"$defs":{"x":{"pattern":"a{2,}"}}})"), "");
  EXPECT_EQ(load_error(R"({"$defs":{"x":{"pattern":"[*+]{1,3}\\*"}}})"), "");
}

TEST(SchemaRegistry, RefusesANameUsedTwice) {
  const std::array<SchemaFile, 2> files{
      {{"a.json", R"({"$defs":{"x":{}}})"}, {"b.json", R"({"$defs":{"x":{}}})"}}};
  EXPECT_FALSE(SchemaRegistry::load(files));
}

}  // namespace
}  // namespace parlance::signaling
