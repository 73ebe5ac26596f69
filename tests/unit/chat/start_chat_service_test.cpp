#include "chat/adapters/store_threads/start_chat_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/chat/fixtures.h"

namespace parlance::chat {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(StartChatService, SaysWhichStoresThereAre) {
  for (const char* url : {"", "mysql://a:secret@x", "memory", "sqlite"}) {
    const auto started = start_chat_service({.url = url}, [](const auto&) {});
    ASSERT_FALSE(started) << url;
    EXPECT_THAT(started.error(), HasSubstr("storage.url"));
    EXPECT_THAT(started.error(), Not(HasSubstr("secret")));
  }
}

TEST(StartChatService, SaysHowManyReadersThereMayBe) {
  for (const std::size_t readers : {std::size_t{0}, kMaxReaders + 1}) {
    const auto started =
        start_chat_service({.url = "memory:", .readers = readers}, [](const auto&) {});
    ASSERT_FALSE(started);
    EXPECT_THAT(started.error(), HasSubstr("readers"));
  }
}

TEST(StartChatService, PassesOnWhatIsWrongWithTheStore) {
  const test::TemporaryFolder folder;
  const std::string url = "sqlite:" + folder.file("parlance.db");
  const auto first = start_chat_service({.url = url}, [](const auto&) {});
  ASSERT_TRUE(first);
  const auto second = start_chat_service({.url = url}, [](const auto&) {});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error(), HasSubstr("in use"));
}

}  // namespace
}  // namespace parlance::chat
