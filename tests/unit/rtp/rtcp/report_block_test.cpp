#include "rtp/rtcp/report_block.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"
#include "tests/unit/rtp/rtcp/samples.h"

namespace parlance::rtp::rtcp {
namespace {

using test::hex;
using test::some_block;
using test::written;

constexpr std::string_view kBlock = "00000007 33 fffffe 00010042 0000004d aabbccdd 00010000";

std::vector<std::uint8_t> with_loss(std::int32_t lost) {
  ReportBlock block;
  block.cumulative_lost = lost;
  return written([&](ByteWriter& out) { write_report_block(out, block); });
}

std::int32_t loss_of(const std::vector<std::uint8_t>& bytes) {
  ByteReader in(bytes);
  return read_report_block(in).cumulative_lost;
}

TEST(ReportBlock, ReadsKnownBytesAndNothingBehindThem) {
  const auto bytes = hex(std::string(kBlock) + "ff");
  ByteReader in(bytes);
  EXPECT_EQ(read_report_block(in), some_block(7));
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.position(), kReportBlockSize);
}

TEST(ReportBlock, WritesThoseBytesAgain) {
  EXPECT_EQ(written([](ByteWriter& out) { write_report_block(out, some_block(7)); }), hex(kBlock));
}

TEST(ReportBlock, KeepsTheSignOfTheLoss) {
  for (const std::int32_t lost : {0, 1, -1, 0x7FFFFF, -0x800000}) {
    EXPECT_EQ(loss_of(with_loss(lost)), lost);
  }
}

TEST(ReportBlock, ClampsTheLossToItsBits) {
  EXPECT_EQ(loss_of(with_loss(0x800000)), 0x7FFFFF);
  EXPECT_EQ(loss_of(with_loss(0x7FFFFFFF)), 0x7FFFFF);
  EXPECT_EQ(loss_of(with_loss(-0x800001)), -0x800000);
}

TEST(ReportBlock, LetsTheReaderTellThatItIsCutShort) {
  auto bytes = hex(kBlock);
  bytes.pop_back();
  ByteReader in(bytes);
  read_report_block(in);
  EXPECT_FALSE(in.ok());
}

}  // namespace
}  // namespace parlance::rtp::rtcp
