#include <array>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "rtp/rtcp/extended_report.h"
#include "rtp/rtcp/goodbye.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/sender_report.h"
#include "rtp/rtcp/source_description.h"
#include "tests/support/rtp/bytes.h"

namespace parlance::rtp::rtcp {
namespace {

using test::hex;

Packet only_packet(std::span<const std::uint8_t> bytes) {
  return CompoundReader(bytes).next().value();
}

template <typename Write>
std::vector<std::uint8_t> written(Write write) {
  std::array<std::uint8_t, 1500> buffer{};
  ByteWriter out(buffer);
  write(out);
  EXPECT_TRUE(out.ok());
  return {out.written().begin(), out.written().end()};
}

ReportBlock some_block(Ssrc ssrc) {
  return {ssrc, 51, -2, 0x00010042, 77, 0xAABBCCDD, 0x00010000};
}

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

TEST(ReceiverReport, ClampsTheLossToItsBits) {
  ReceiverReport report;
  ReportBlock block = some_block(7);
  block.cumulative_lost = 0x7FFFFFFF;
  report.blocks.push(block);
  block.cumulative_lost = -0x7FFFFFFF;
  report.blocks.push(block);
  const auto bytes = written([&](ByteWriter& out) { write_receiver_report(out, report); });
  const auto parsed = parse_receiver_report(only_packet(bytes)).value();
  EXPECT_EQ(parsed.blocks[0].cumulative_lost, 0x7FFFFF);
  EXPECT_EQ(parsed.blocks[1].cumulative_lost, -0x800000);
}

TEST(ReceiverReport, RefusesMoreBlocksThanBytes) {
  EXPECT_EQ(parse_receiver_report(only_packet(hex("81 c9 0001 00000001"))).error(),
            RtcpError::kTruncated);
}

TEST(SourceDescription, WritesWholeWordsAndAnEndMark) {
  EXPECT_EQ(written([](ByteWriter& out) { write_source_description(out, 1, "ab"); }),
            hex("81 ca 0003 00000001 01 02 6162 00000000"));
  EXPECT_EQ(written([](ByteWriter& out) { write_source_description(out, 1, "abc"); }),
            hex("81 ca 0003 00000001 01 03 616263 000000"));
  EXPECT_EQ(written([](ByteWriter& out) { write_source_description(out, 1, "abcde"); }),
            hex("81 ca 0003 00000001 01 05 6162636465 00"));
}

TEST(SourceDescription, FindsTheNameOfEachChunk) {
  const auto bytes =
      hex("82 ca 0007 00000001 02 01 78 01 02 6162 00"
          "00000002 01 01 63 00 00000003 00000000");
  const auto parsed = parse_source_description(only_packet(bytes));
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->chunks.size(), 2U);
  EXPECT_EQ(parsed->chunks[0].cname, "ab");
  EXPECT_EQ(parsed->chunks[1].ssrc, 2U);
  EXPECT_EQ(parsed->chunks[1].cname, "c");
}

TEST(SourceDescription, RefusesItemsThatRunOver) {
  EXPECT_EQ(parse_source_description(only_packet(hex("81 ca 0002 00000001 01 40 6162"))).error(),
            RtcpError::kTruncated);
  EXPECT_EQ(parse_source_description(only_packet(hex("82 ca 0002 00000001 00000000"))).error(),
            RtcpError::kTruncated);
}

TEST(Goodbye, ComesBackAsWritten) {
  const auto bytes = written([](ByteWriter& out) { write_goodbye(out, 9); });
  EXPECT_EQ(bytes, hex("81 cb 0001 00000009"));
  const auto parsed = parse_goodbye(only_packet(bytes));
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->sources.size(), 1U);
  EXPECT_EQ(parsed->sources[0], 9U);
}

TEST(Goodbye, RefusesMoreSourcesThanBytes) {
  EXPECT_EQ(parse_goodbye(only_packet(hex("82 cb 0001 00000009"))).error(), RtcpError::kTruncated);
}

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
