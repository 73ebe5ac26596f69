#include "chat/adapters/postgres/connection_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parlance::chat::postgres {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ConnectionUrl, ShowsEverythingButThePassword) {
  const auto url = parse_connection_url("postgres://ada:se%40cret@db.example.org:5433/chat");
  ASSERT_TRUE(url) << url.error();
  EXPECT_EQ(url->shown, "postgres://ada@db.example.org:5433/chat");
  const auto option = parse_connection_url("postgresql:///chat?host=/run/pg&password=secret");
  ASSERT_TRUE(option) << option.error();
  EXPECT_EQ(option->shown, "postgres:///run/pg/chat");
}

TEST(ConnectionUrl, BoundsTheWaitForAServer) {
  const auto url = parse_connection_url("postgres://db/chat");
  EXPECT_THAT(url->url, HasSubstr("?connect_timeout=3&tcp_user_timeout=5000"));
  EXPECT_THAT(url->url, HasSubstr("client_encoding=UTF8"));
}

TEST(ConnectionUrl, LeavesWhatTheOperatorHasSet) {
  const auto url = parse_connection_url("postgres://db/chat?sslmode=require&connect_timeout=9");
  ASSERT_TRUE(url) << url.error();
  EXPECT_THAT(url->url, HasSubstr("?sslmode=require&connect_timeout=9&tcp_user_timeout="));
  EXPECT_THAT(url->url, Not(HasSubstr("connect_timeout=3")));
}

TEST(ConnectionUrl, TakesAQuestionMarkInThePassword) {
  const auto url = parse_connection_url("postgres://ada:sec?ret@db");
  ASSERT_TRUE(url) << url.error();
  EXPECT_THAT(url->url, HasSubstr("@db?connect_timeout="));
  EXPECT_EQ(url->shown, "postgres://ada@db/");
}

// A password that isn't percent-encoded ends up in the host, the port or the database's name.
TEST(ConnectionUrl, RepeatsNothingOfWhatItDoesNotUnderstand) {
  for (const char* bad : {"postgres://ada:sec@ret@db/chat",
                          "postgres://ada:sec/ret@db/chat",
                          "postgres://ada:1/ret@db/chat",
                          "postgres://ada:sec%zzret@db/chat",
                          "postgres://db/chat?secret",
                          "mysql://ada:secret@db/chat"}) {
    const auto url = parse_connection_url(bad);
    ASSERT_FALSE(url) << bad;
    EXPECT_THAT(url.error(), HasSubstr("storage.url"));
    EXPECT_THAT(url.error(), Not(HasSubstr("ret@")));
    EXPECT_THAT(url.error(), Not(HasSubstr("sec")));
  }
}

}  // namespace
}  // namespace parlance::chat::postgres
