#include "signaling/protocol/problem.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "signaling/protocol/schema_registry.h"

namespace parlance::signaling {
namespace {

TEST(Problem, EveryCodeIsWrittenAsTheSchemaSays) {
  const auto registry = SchemaRegistry::load(embedded_schemas());
  ASSERT_TRUE(registry) << registry.error();
  SchemaChecker checker(*registry);
  for (int i = 0; i <= static_cast<int>(ProblemCode::kInternal); ++i) {
    const auto code = static_cast<ProblemCode>(i);
    const auto json = nlohmann::json::parse(write_problem({code, "Why.", 250, {{"/a", "b"}}}));
    EXPECT_TRUE(checker.check("Problem", json).empty()) << json;
    EXPECT_EQ(json["detail"], "Why.");
    EXPECT_EQ(json["retry_after_ms"], 250);
    EXPECT_EQ(json["errors"][0]["pointer"], "/a");
    EXPECT_EQ(problem_code_named(kind_of(code).code), code);
  }
}

TEST(Problem, LeavesOutWhatIsNotThere) {
  const auto json = nlohmann::json::parse(write_problem({ProblemCode::kNotFound, {}}));
  EXPECT_FALSE(json.contains("retry_after_ms"));
  EXPECT_FALSE(json.contains("errors"));
  EXPECT_EQ(json["status"], 404);
  EXPECT_FALSE(json["retryable"].get<bool>());
}

TEST(Problem, AnUnknownNameIsNoCode) {
  EXPECT_FALSE(problem_code_named("no.such.code"));
}

}  // namespace
}  // namespace parlance::signaling
