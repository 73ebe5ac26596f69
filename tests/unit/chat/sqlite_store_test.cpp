// Opening the SQLite store: what the operator is told when it can't be.
#include "chat/adapters/sqlite/sqlite_store.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include "tests/support/chat/fixtures.h"

namespace parlance::chat {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class SqliteStoreTest : public testing::Test {
 protected:
  std::string open_error(const std::string& path) {
    const auto store = open_sqlite_store({.path = path});
    EXPECT_FALSE(store);
    return store ? std::string() : store.error();
  }

  // Runs statements on the file as another program would.
  static void run(const std::string& path, const std::string& sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
  }

  test::TemporaryFolder folder_;
};

TEST_F(SqliteStoreTest, MakesTheFoldersThatAreMissing) {
  ASSERT_TRUE(open_sqlite_store({.path = folder_.file("a/b/parlance.db")}));
  EXPECT_TRUE(std::filesystem::exists(folder_.file("a/b/parlance.db")));
}

TEST_F(SqliteStoreTest, OpensAFileOfItsOwnAgain) {
  const auto path = folder_.file("parlance.db");
  ASSERT_TRUE(open_sqlite_store({.path = path}));
  ASSERT_TRUE(open_sqlite_store({.path = path}));
}

TEST_F(SqliteStoreTest, SaysWhichProcessHasTheDatabase) {
  const auto first = open_sqlite_store({.path = folder_.file("parlance.db")});
  ASSERT_TRUE(first);
  EXPECT_THAT(open_error(folder_.file("parlance.db")),
              AllOf(HasSubstr(folder_.file("parlance.db")),
                    HasSubstr("in use by process " + std::to_string(getpid()))));
}

TEST_F(SqliteStoreTest, FreesTheDatabaseWhenItGoes) {
  {
    ASSERT_TRUE(open_sqlite_store({.path = folder_.file("parlance.db")}));
  }
  EXPECT_TRUE(open_sqlite_store({.path = folder_.file("parlance.db")}));
}

TEST_F(SqliteStoreTest, SaysWhatToChangeWhereTheFolderCannotBeMade) {
  std::ofstream(folder_.file("file")) << "in the way";
  EXPECT_THAT(open_error(folder_.file("file/parlance.db")),
              AllOf(HasSubstr(folder_.file("file")), HasSubstr("storage.url")));
  EXPECT_THAT(open_error("/proc/parlance/parlance.db"), HasSubstr("storage.url"));
}

TEST_F(SqliteStoreTest, SaysThatAFileIsNoDatabase) {
  const auto path = folder_.file("parlance.db");
  std::ofstream(path) << std::string(10'000, 'x');
  EXPECT_THAT(open_error(path), AllOf(HasSubstr(path), HasSubstr("not a database")));
}

TEST_F(SqliteStoreTest, SaysThatADatabaseIsAnotherPrograms) {
  const auto path = folder_.file("parlance.db");
  run(path, "CREATE TABLE theirs (x)");
  EXPECT_THAT(open_error(path), HasSubstr("another program"));
  run(path, "INSERT INTO theirs VALUES (1)");
}

TEST_F(SqliteStoreTest, SaysThatADatabaseIsNewerThanTheProgram) {
  const auto path = folder_.file("parlance.db");
  {
    ASSERT_TRUE(open_sqlite_store({.path = path}));
  }
  run(path, "PRAGMA user_version=99");
  EXPECT_THAT(open_error(path), AllOf(HasSubstr("newer"), HasSubstr("99")));
}

TEST_F(SqliteStoreTest, SaysThatAPathNamesNoFile) {
  EXPECT_THAT(open_error(""), HasSubstr("storage.url"));
  EXPECT_THAT(open_error(folder_.path().string()), HasSubstr("storage.url"));
  EXPECT_THAT(open_error(folder_.path().string() + "/"), HasSubstr("storage.url"));
}

TEST_F(SqliteStoreTest, TakesEveryNameForAFilesName) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder_.path());
  EXPECT_TRUE(open_sqlite_store({.path = ":memory:"}));
  std::filesystem::current_path(before);
  EXPECT_TRUE(std::filesystem::exists(folder_.file(":memory:")));
}

}  // namespace
}  // namespace parlance::chat
