#include "server/lan_certificate.h"

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace parlance::server {
namespace {

namespace fs = std::filesystem;

class LanCertificateTest : public testing::Test {
 protected:
  LanCertificateTest() { fs::remove_all(root); }

  ~LanCertificateTest() override { fs::remove_all(root); }

  std::string make(const std::vector<std::string>& addresses) {
    const auto files = lan_certificate(folder(), addresses, "kitchen");
    EXPECT_TRUE(files) << files.error();
    return files ? read_text(files->certificate).value_or("") : "";
  }

  const DataFolder& folder() {
    if (!folder_) {
      folder_.emplace(std::move(*DataFolder::open(root)));
    }
    return *folder_;
  }

  const fs::path root =
      fs::path(testing::TempDir()) / ("lan_certificate_test_" + std::to_string(::getpid()));

 private:
  std::optional<DataFolder> folder_;
};

TEST_F(LanCertificateTest, IsMadeOnceAndKept) {
  const std::string first = make({"192.0.2.1", "2001:db8::1"});
  EXPECT_THAT(first, testing::StartsWith("-----BEGIN CERTIFICATE-----"));
  EXPECT_EQ(make({"192.0.2.1", "2001:db8::1"}), first);
  // Fewer addresses: it still holds for those.
  EXPECT_EQ(make({"192.0.2.1"}), first);
}

TEST_F(LanCertificateTest, IsMadeAnewForANewAddress) {
  const std::string first = make({"192.0.2.1"});
  EXPECT_NE(make({"192.0.2.1", "192.0.2.2"}), first);
}

TEST_F(LanCertificateTest, IsMadeAnewWhereItCannotBeRead) {
  ASSERT_TRUE(folder().write_private(kLanCertificateFile, "nonsense"));
  EXPECT_THAT(make({"192.0.2.1"}), testing::StartsWith("-----BEGIN CERTIFICATE-----"));
}

TEST_F(LanCertificateTest, KeepsItsKeyToTheOwner) {
  make({});
  EXPECT_EQ(fs::status(root / kLanKeyFile).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

}  // namespace
}  // namespace parlance::server
