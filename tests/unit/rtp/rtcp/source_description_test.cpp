#include "rtp/rtcp/source_description.h"

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"
#include "tests/unit/rtp/rtcp/samples.h"

namespace parlance::rtp::rtcp {
namespace {

using test::hex;
using test::only_packet;
using test::written;

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

}  // namespace
}  // namespace parlance::rtp::rtcp
