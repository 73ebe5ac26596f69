#include "base/uuid.h"

#include <unordered_set>

#include <gtest/gtest.h>

namespace parlance {
namespace {

TEST(Uuid, WritesWhatItParses) {
  const std::string text = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
  const auto id = Uuid::parse(text);
  ASSERT_TRUE(id);
  EXPECT_EQ(id->str(), text);
  EXPECT_EQ(Uuid::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), id);
}

TEST(Uuid, RefusesEverythingElse) {
  for (const char* text : {"",
                           "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
                           "017f22e2x79b0-7cc3-98c4-dc0c0c07398f",
                           "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
                           "{017f22e2-79b0-7cc3-98c4-dc0c0c0739}"}) {
    EXPECT_FALSE(Uuid::parse(text)) << text;
  }
}

// The example of RFC 9562, appendix A.6.
TEST(Uuid, Version7HoldsTimeVersionAndVariant) {
  const std::array<std::uint8_t, 10> random{
      0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F};
  EXPECT_EQ(Uuid::v7(0x017F22E279B0, random).str(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST(Uuid, HashesIdsOfOneMillisecondApart) {
  std::unordered_set<std::size_t> hashes;
  std::array<std::uint8_t, 10> random{};
  for (int i = 0; i < 256; ++i) {
    random[9] = static_cast<std::uint8_t>(i);
    hashes.insert(std::hash<Uuid>{}(Uuid::v7(1, random)));
  }
  EXPECT_EQ(hashes.size(), 256U);
}

}  // namespace
}  // namespace parlance
