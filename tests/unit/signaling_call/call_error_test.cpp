#include "signaling/call/call_error.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace parlance::signaling {
namespace {

TEST(CallError, EveryReasonHasAStableCodeAndASentence) {
  const std::set<std::string_view> codes = {"not_found",
                                            "forbidden",
                                            "conflict",
                                            "invalid",
                                            "limit.reached",
                                            "call.full",
                                            "call.locked",
                                            "call.not_joined",
                                            "media.unsupported",
                                            "media.not_connected",
                                            "unavailable"};
  for (int i = 0; i <= static_cast<int>(CallError::kUnavailable); ++i) {
    const auto error = static_cast<CallError>(i);
    EXPECT_TRUE(codes.contains(problem_code(error))) << i;
    EXPECT_TRUE(problem_detail(error).ends_with(".")) << i;
  }
}

}  // namespace
}  // namespace parlance::signaling
