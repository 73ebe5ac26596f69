#include "server/data_folder.h"

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace parlance::server {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class DataFolderTest : public testing::Test {
 protected:
  DataFolderTest() { fs::remove_all(root); }

  ~DataFolderTest() override { fs::remove_all(root); }

  const fs::path root =
      fs::path(testing::TempDir()) / ("data_folder_test_" + std::to_string(::getpid()));
};

TEST_F(DataFolderTest, IsMadeForItsOwnerOnly) {
  const auto folder = DataFolder::open(root / "a" / "b");
  ASSERT_TRUE(folder) << folder.error();
  EXPECT_EQ(fs::status(root / "a" / "b").permissions(), fs::perms::owner_all);
}

TEST_F(DataFolderTest, BelongsToOneServerAtATime) {
  auto first = DataFolder::open(root);
  ASSERT_TRUE(first);
  const auto second = DataFolder::open(root);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error(), HasSubstr("is in use by another server"));
  EXPECT_THAT(second.error(), HasSubstr(root.string()));
  {
    const DataFolder gone = std::move(*first);
  }
  EXPECT_TRUE(DataFolder::open(root));
}

TEST_F(DataFolderTest, SaysWhereItCannotBe) {
  fs::create_directories(root);
  const auto folder = DataFolder::open("/proc/parlance-data");
  ASSERT_FALSE(folder);
  EXPECT_THAT(folder.error(), HasSubstr("/proc/parlance-data"));
  EXPECT_THAT(folder.error(), HasSubstr("--data"));
}

TEST_F(DataFolderTest, WritesFilesThatOnlyTheOwnerReads) {
  const auto folder = DataFolder::open(root);
  ASSERT_TRUE(folder->write_private("secret", "one\n"));
  ASSERT_TRUE(folder->write_private("secret", "two\n"));
  EXPECT_EQ(read_text(root / "secret"), "two");
  EXPECT_EQ(fs::status(root / "secret").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  folder->remove("secret");
  EXPECT_EQ(read_text(root / "secret"), std::nullopt);
}

}  // namespace
}  // namespace parlance::server
