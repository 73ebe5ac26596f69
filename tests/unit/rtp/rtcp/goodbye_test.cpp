#include "rtp/rtcp/goodbye.h"

#include <gtest/gtest.h>

#include "tests/support/rtp/bytes.h"
#include "tests/unit/rtp/rtcp/samples.h"

namespace parlance::rtp::rtcp {
namespace {

using test::hex;
using test::only_packet;
using test::written;

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

}  // namespace
}  // namespace parlance::rtp::rtcp
