#include "base/byte_writer.h"

#include <array>

#include <gtest/gtest.h>

#include "base/byte_reader.h"

namespace parlance {
namespace {

TEST(ByteWriter, WritesWhatTheReaderReads) {
  std::array<std::uint8_t, 18> bytes{};
  ByteWriter writer(bytes);
  writer.u8(0xAB);
  writer.u16(0x1234);
  writer.u24(0x56789A);
  writer.u32(0xDEADBEEF);
  writer.u64(0x0102030405060708ULL);
  ASSERT_TRUE(writer.ok());
  ByteReader reader(writer.written());
  EXPECT_EQ(reader.u8(), 0xAB);
  EXPECT_EQ(reader.u16(), 0x1234);
  EXPECT_EQ(reader.u24(), 0x56789AU);
  EXPECT_EQ(reader.u32(), 0xDEADBEEFU);
  EXPECT_EQ(reader.u64(), 0x0102030405060708ULL);
}

TEST(ByteWriter, RefusesToWritePastTheEndAndStaysFailed) {
  std::array<std::uint8_t, 3> bytes{};
  ByteWriter writer(bytes);
  writer.u32(1);
  EXPECT_FALSE(writer.ok());
  writer.u8(1);
  EXPECT_EQ(writer.size(), 0U);
  EXPECT_EQ(bytes, (std::array<std::uint8_t, 3>{}));
}

TEST(ByteWriter, PatchesALengthWrittenBefore) {
  std::array<std::uint8_t, 4> bytes{};
  ByteWriter writer(bytes);
  writer.u32(0);
  writer.patch_u16(2, 0xBEEF);
  writer.patch_u16(3, 0x1111);
  EXPECT_EQ(bytes, (std::array<std::uint8_t, 4>{0, 0, 0xBE, 0xEF}));
}

}  // namespace
}  // namespace parlance
