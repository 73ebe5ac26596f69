#include "rtp/rtcp/extended_report.h"

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"
#include "tests/unit/rtp/rtcp/samples.h"

namespace parlance::rtp::rtcp {
namespace {

using test::hex;
using test::only_packet;
using test::written;

TEST(ExtendedReport, ComesBackAsWritten) {
  ExtendedReport report;
  report.sender = 3;
  report.reference_time = NtpTime{0x0102030405060708ULL};
  report.delays.push({4, 5, 6});
  const auto bytes = written([&](ByteWriter& out) { write_extended_report(out, report); });
  EXPECT_EQ(bytes,
            hex("80 cf 0008 00000003 04 00 0002 0102030405060708"
                "05 00 0003 00000004 00000005 00000006"));
  const auto parsed = parse_extended_report(only_packet(bytes));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->reference_time, report.reference_time);
  ASSERT_EQ(parsed->delays.size(), 1U);
  EXPECT_EQ(parsed->delays[0], (ExtendedReport::Delay{4, 5, 6}));
}

TEST(ExtendedReport, SkipsBlocksItDoesNotKnow) {
  const auto bytes = hex("80 cf 0006 00000003 2a 00 0001 ffffffff 04 00 0002 0000000000000001");
  const auto parsed = parse_extended_report(only_packet(bytes));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->reference_time, NtpTime{1});
}

TEST(ExtendedReport, RefusesBlocksOfWrongSize) {
  EXPECT_EQ(
      parse_extended_report(only_packet(hex("80 cf 0003 00000003 04 00 0001 00000000"))).error(),
      RtcpError::kInvalid);
  EXPECT_EQ(
      parse_extended_report(only_packet(hex("80 cf 0003 00000003 05 00 0001 00000000"))).error(),
      RtcpError::kInvalid);
  EXPECT_EQ(parse_extended_report(only_packet(hex("80 cf 0002 00000003 05 00 0001"))).error(),
            RtcpError::kTruncated);
}

}  // namespace
}  // namespace parlance::rtp::rtcp
