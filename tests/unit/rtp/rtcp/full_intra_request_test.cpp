#include "rtp/rtcp/full_intra_request.h"

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"
#include "tests/unit/rtp/rtcp/samples.h"

namespace parlance::rtp::rtcp {
namespace {

using test::hex;
using test::only_packet;
using test::written;

TEST(FullIntraRequest, ComesBackAsWritten) {
  const auto bytes = written([](ByteWriter& out) { write_full_intra_request(out, 1, {2, 3}); });
  EXPECT_EQ(bytes, hex("84 ce 0004 00000001 00000000 00000002 03 000000"));
  const auto parsed = parse_full_intra_request(only_packet(bytes));
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->entries.size(), 1U);
  EXPECT_EQ(parsed->entries[0], (FullIntraRequest::Entry{2, 3}));
}

TEST(FullIntraRequest, RefusesHalfAnEntry) {
  EXPECT_EQ(
      parse_full_intra_request(only_packet(hex("84 ce 0003 00000001 00000000 00000002"))).error(),
      RtcpError::kTruncated);
}

}  // namespace
}  // namespace parlance::rtp::rtcp
