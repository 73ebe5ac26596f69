#include "rtp/rtcp/sender_report.h"

#include <string_view>

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"
#include "tests/unit/rtp/rtcp/samples.h"

namespace parlance::rtp::rtcp {
namespace {

using test::hex;
using test::only_packet;
using test::some_block;
using test::written;

constexpr std::string_view kSenderReport =
    "81 c8 000c 11223344 e8d4a51000000001 00015f90 0000000a 000003e8"
    "00000007 33 fffffe 00010042 0000004d aabbccdd 00010000";

TEST(SenderReport, ReadsAKnownPacket) {
  const auto bytes = hex(kSenderReport);
  const auto report = parse_sender_report(only_packet(bytes));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->sender, 0x11223344U);
  EXPECT_EQ(report->ntp.value, 0xE8D4A51000000001ULL);
  EXPECT_EQ(report->rtp_timestamp, 90000U);
  EXPECT_EQ(report->packet_count, 10U);
  EXPECT_EQ(report->octet_count, 1000U);
  ASSERT_EQ(report->blocks.size(), 1U);
  EXPECT_EQ(report->blocks[0], some_block(7));
}

TEST(SenderReport, WritesThatPacketAgain) {
  SenderReport report;
  report.sender = 0x11223344;
  report.ntp.value = 0xE8D4A51000000001ULL;
  report.rtp_timestamp = 90000;
  report.packet_count = 10;
  report.octet_count = 1000;
  report.blocks.push(some_block(7));
  EXPECT_EQ(written([&](ByteWriter& out) { write_sender_report(out, report); }),
            hex(kSenderReport));
}

TEST(SenderReport, RefusesMoreBlocksThanBytes) {
  auto bytes = hex(kSenderReport);
  bytes[0] = 0x82;
  EXPECT_EQ(parse_sender_report(only_packet(bytes)).error(), RtcpError::kTruncated);
  bytes[1] = 201;
  EXPECT_EQ(parse_sender_report(only_packet(bytes)).error(), RtcpError::kWrongType);
}

}  // namespace
}  // namespace parlance::rtp::rtcp
