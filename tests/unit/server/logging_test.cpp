#include "server/logging.h"

#include <gtest/gtest.h>

namespace parlance::server {
namespace {

TEST(Logging, AMessageCannotBreakOutOfItsJsonLine) {
  EXPECT_EQ(json_line("t", "info", "plain"),
            "{\"time\":\"t\",\"level\":\"info\",\"message\":\"plain\"}\n");
  EXPECT_EQ(json_line("t", "info", "\"}\n{\\"),
            "{\"time\":\"t\",\"level\":\"info\",\"message\":\"\\\"}\\n{\\\\\"}\n");
}

TEST(Logging, BytesThatAreNotTextAreReplaced) {
  EXPECT_EQ(json_line("t", "warning", "a\xFFz"),
            "{\"time\":\"t\",\"level\":\"warning\",\"message\":\"a\xEF\xBF\xBDz\"}\n");
}

}  // namespace
}  // namespace parlance::server
