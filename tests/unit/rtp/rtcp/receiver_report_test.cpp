#include "rtp/rtcp/receiver_report.h"

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"
#include "tests/unit/rtp/rtcp/samples.h"

namespace parlance::rtp::rtcp {
namespace {

using test::hex;
using test::only_packet;
using test::some_block;
using test::written;

TEST(ReceiverReport, ComesBackAsWritten) {
  ReceiverReport report;
  report.sender = 5;
  report.blocks.push(some_block(7));
  report.blocks.push(some_block(8));
  const auto bytes = written([&](ByteWriter& out) { write_receiver_report(out, report); });
  EXPECT_EQ(bytes.size(), 8 + 2 * kReportBlockSize);
  const auto parsed = parse_receiver_report(only_packet(bytes));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->sender, 5U);
  ASSERT_EQ(parsed->blocks.size(), 2U);
  EXPECT_EQ(parsed->blocks[1], some_block(8));
}

TEST(ReceiverReport, RefusesMoreBlocksThanBytes) {
  EXPECT_EQ(parse_receiver_report(only_packet(hex("81 c9 0001 00000001"))).error(),
            RtcpError::kTruncated);
}

}  // namespace
}  // namespace parlance::rtp::rtcp
