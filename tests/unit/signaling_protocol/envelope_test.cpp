#include "signaling/protocol/envelope.h"

#include <string>

#include <gtest/gtest.h>

#include "signaling/protocol/schema_registry.h"

namespace parlance::signaling {
namespace {

TEST(Envelope, ReadsARequest) {
  const auto message = parse_client_message(R"({"id":17,"op":"message.send","d":{"body":"hi"}})");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->id, 17U);
  EXPECT_EQ(message->op, "message.send");
  EXPECT_EQ(message->d["body"], "hi");
  EXPECT_FALSE(message->is_heartbeat());
}

TEST(Envelope, ReadsARequestWithoutId) {
  const auto message = parse_client_message(R"({"op":"typing.start","d":{}})");
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->id);
}

TEST(Envelope, ReadsAHeartbeat) {
  const auto message = parse_client_message(R"({"op":"hb","a":4711})");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->ack, 4711U);
}

TEST(Envelope, RefusesWhatIsNoRequest) {
  for (const char* text : {"",
                           "{",
                           "null",
                           "[]",
                           "17",
                           R"({"op":7,"d":{}})",
                           R"({"d":{}})",
                           R"({"op":"x"})",
                           R"({"op":"x","d":[]})",
                           R"({"op":"x","d":{},"extra":1})",
                           R"({"id":0,"op":"x","d":{}})",
                           R"({"id":-1,"op":"x","d":{}})",
                           R"({"id":1.5,"op":"x","d":{}})",
                           R"({"id":4294967296,"op":"x","d":{}})",
                           R"({"id":"1","op":"x","d":{}})",
                           R"({"op":"hb"})",
                           R"({"op":"hb","a":-1})",
                           R"({"op":"hb","a":1,"d":{}})"}) {
    EXPECT_FALSE(parse_client_message(text)) << text;
  }
}

TEST(Envelope, KeepsTheIdOfARefusedRequestWhereThereIsOne) {
  const auto message = parse_client_message(R"({"id":9,"op":"x"})");
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().id, 9U);
}

TEST(Envelope, RefusesDeepNestingOutsideOfTexts) {
  const auto nested = [](std::size_t arrays) {
    return R"({"op":"x","d":{"a":)" + std::string(arrays, '[') + std::string(arrays, ']') + "}}";
  };
  EXPECT_TRUE(parse_client_message(nested(kMaxJsonDepth - 2)));
  EXPECT_FALSE(parse_client_message(nested(kMaxJsonDepth - 1)));
  const std::string deep(kMaxJsonDepth, '[');
  const std::string shallow = R"({"op":"x","d":{"a":")" + deep + deep + R"(\""}})";
  EXPECT_TRUE(parse_client_message(shallow));
}

TEST(Envelope, SplitsAFrameAtNewlines) {
  const auto objects = split_frame("{\"a\":1}\n\n  \n{\"b\":2}\n");
  ASSERT_EQ(objects.size(), 2U);
  EXPECT_EQ(objects[0], "{\"a\":1}");
  EXPECT_EQ(objects[1], "{\"b\":2}");
}

TEST(Envelope, KnowsUtf8) {
  for (const char* good :
       {"", "plain", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xEE\x80\x80"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const char* bad : {"\x80",
                          "\xC3",
                          "\xC0\xAF",
                          "\xE0\x80\xAF",
                          "\xED\xA0\x80",
                          "\xF0\x80\x80\xAF",
                          "\xF4\x90\x80\x80",
                          "\xF5\x80\x80\x80",
                          "\xFF",
                          "a\xE2\x82"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

TEST(Envelope, WritesWhatTheSchemasSay) {
  const auto registry = SchemaRegistry::load(embedded_schemas());
  ASSERT_TRUE(registry) << registry.error();
  SchemaChecker checker(*registry);
  const auto check = [&checker](const std::string& text) {
    return checker.check("ServerFrame", nlohmann::json::parse(text));
  };
  EXPECT_TRUE(check(write_reply(4294967295U, R"({"a":1})")).empty());
  EXPECT_TRUE(check(write_error(7, {ProblemCode::kInvalid, "No."})).empty());
  EXPECT_TRUE(check(write_error(std::nullopt, {ProblemCode::kFrameMalformed, "No."})).empty());
  EXPECT_TRUE(check(write_control("hb", R"({"t":5})")).empty());
  EXPECT_TRUE(check(write_hello({"0-abc", "1", 25'000, 8'000, 300, 65'536, 1, "h"})).empty());
}

TEST(Envelope, WritingNeverFails) {
  EXPECT_EQ(write_json("a\xFF"), "\"a\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace parlance::signaling
